-- Takes back the totals of a day of which an import has counted a part.
ALTER TABLE totals_hour DELETE WHERE site = {site:String} AND day = {day:Date}
