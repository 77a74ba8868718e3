-- First day on which the site had an event. Columns: day, number of rows (0: none at all).
SELECT min(day), count() FROM totals_hour WHERE site = {site:String}
