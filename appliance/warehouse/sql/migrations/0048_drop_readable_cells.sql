-- Made anew with both tables of open cells by the next file.
DROP VIEW IF EXISTS readable_cells
