-- Parts of one partition that the engine still holds, active or not.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND partition_id = {partition:String}
