-- Made anew with engagement and revenue by the next file.
DROP VIEW IF EXISTS event_cells
