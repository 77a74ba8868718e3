-- Parts that were replaced or dropped and still lie on the disk with days before a limit.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND NOT active AND min_date < {cutoff:Date}
