-- Its cells come from event_cells from here on: two views are two parts of every site in every insert.
DROP VIEW IF EXISTS event_pair_cells
