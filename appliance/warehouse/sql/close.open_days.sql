-- Site-days of which anything is among the open cells.
SELECT DISTINCT site, day FROM open_cells ORDER BY site, day
