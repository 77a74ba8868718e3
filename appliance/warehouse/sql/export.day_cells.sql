-- Some sites and days of one month, with every column.
SELECT * FROM cells
WHERE toYYYYMM(day) = {month:UInt32} AND (site, day) IN {pairs:Array(Tuple(String, Date))} AND grain = 'day'
