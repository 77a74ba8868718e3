-- Parts of one day that were replaced and still lie on the disk.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND table = 'cells_running' AND partition_id = {partition:String} AND NOT active
