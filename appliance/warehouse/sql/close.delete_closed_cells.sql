-- Removes what an interrupted close has left of a day that is not marked as closed.
ALTER TABLE cells DELETE WHERE site = {site:String} AND day = {day:Date} AND grain = 'day'
