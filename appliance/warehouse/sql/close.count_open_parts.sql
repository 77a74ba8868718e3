-- Parts of one partition of the open cells that the engine still holds, active or not.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND table = 'cells_open' AND partition_id = {partition:String}
