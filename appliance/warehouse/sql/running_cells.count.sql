-- Rows of some sites among the open cells of one day.
SELECT count() FROM cells_running WHERE day = {day:Date} AND has({sites:Array(String)}, site)
