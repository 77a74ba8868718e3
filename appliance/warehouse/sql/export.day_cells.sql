-- Some sites and days of one month, with every column. FINAL: the same rows whether or not their parts are merged.
SELECT * FROM cells FINAL
WHERE toYYYYMM(day) = {month:UInt32} AND (site, day) IN {pairs:Array(Tuple(String, Date))} AND grain = 'day'
