-- Removes what an interrupted close has left of a day or month that is not marked as closed.
ALTER TABLE cells DELETE IN PARTITION ID {partition:String}
WHERE site = {site:String} AND day = {day:Date} AND grain = {grain:String}
