-- Rows of one day among the closed cells.
SELECT count() FROM cells WHERE site = {site:String} AND day = {day:Date} AND grain = 'day'
