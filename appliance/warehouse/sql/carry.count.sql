-- Rows that one day leaves for its month.
SELECT count() FROM carry_open WHERE site = {site:String} AND day = {day:Date}
