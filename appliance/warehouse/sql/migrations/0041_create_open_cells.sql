-- All counters of days that are not closed. cells_open has those that were counted before cells_running was there; its
-- rows go with their days, and none come.
CREATE VIEW IF NOT EXISTS open_cells AS
SELECT * FROM cells_running
UNION ALL
SELECT * FROM cells_open
