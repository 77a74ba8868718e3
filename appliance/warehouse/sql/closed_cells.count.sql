-- Rows of one day or month among the closed cells.
SELECT count() FROM cells WHERE site = {site:String} AND day = {day:Date} AND grain = {grain:String}
