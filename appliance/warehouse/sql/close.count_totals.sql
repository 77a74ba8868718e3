-- A day that was counted once has totals, also when its cells are deleted already.
SELECT count() FROM totals_hour WHERE site = {site:String} AND day = {day:Date}
