-- Some sites and days of one month, with every column.
SELECT * FROM closed_months
WHERE toYYYYMM(month) = {month:UInt32} AND (site, month) IN {pairs:Array(Tuple(String, Date))}
