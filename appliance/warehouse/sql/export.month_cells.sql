-- What closed months of some sites show, with every column. FINAL as in export.day_cells.
SELECT * FROM cells FINAL
WHERE toYYYYMM(day) = {month:UInt32} AND (site, day) IN {pairs:Array(Tuple(String, Date))} AND grain = 'month'
