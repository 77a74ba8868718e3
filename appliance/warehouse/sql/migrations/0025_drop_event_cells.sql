-- Made anew with pairs by the next file.
DROP VIEW IF EXISTS event_cells
