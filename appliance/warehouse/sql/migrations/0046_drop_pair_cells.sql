-- Made anew by the next file: its cells go to cells_running.
DROP VIEW IF EXISTS pair_cells
