-- Rows of one month among the closed cells.
SELECT count() FROM cells WHERE site = {site:String} AND day = {month:Date} AND grain = 'month'
