-- Made anew with all columns by the next file.
DROP VIEW IF EXISTS readable_cells
