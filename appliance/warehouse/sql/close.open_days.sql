-- Site-days of which anything is among the open cells; the partitions' keys say it without reading the cells.
SELECT DISTINCT _partition_value.2 AS site, _partition_value.1 AS day FROM cells_open ORDER BY site, day
