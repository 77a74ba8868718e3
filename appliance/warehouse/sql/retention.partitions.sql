-- Rows of each partition of one table.
SELECT partition_id, sum(rows)
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active
GROUP BY partition_id
