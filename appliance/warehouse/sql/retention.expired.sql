-- Rows of one table that are older than a limit, by partition.
SELECT _partition_id AS partition, count() AS expired
FROM {table:Identifier}
WHERE {column:Identifier} < {cutoff:Date} AND has({sites:Array(String)}, site) = {listed:Bool}
GROUP BY partition
