-- Made anew with the pairs of the event's own attributes by the next file.
DROP VIEW IF EXISTS event_cells
