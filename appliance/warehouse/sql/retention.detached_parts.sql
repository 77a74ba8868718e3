-- Parts that were put aside, and may hold days before a limit: by their month, or where the partition says no month,
-- by the day on which they were written.
SELECT name
FROM system.detached_parts
WHERE
    database = currentDatabase() AND table = {table:String}
    AND if(match(ifNull(partition_id, ''), '^[0-9]{6}$'), partition_id <= {month:String},
        toDate(modification_time, 'UTC') < {cutoff:Date})
