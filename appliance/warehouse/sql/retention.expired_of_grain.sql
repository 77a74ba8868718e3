-- As retention.expired, in a table that holds rows of several grains.
SELECT _partition_id AS partition, count() AS expired
FROM {table:Identifier}
WHERE
    {column:Identifier} < {cutoff:Date} AND has({sites:Array(String)}, site) = {listed:Bool}
    AND grain = {grain:String}
GROUP BY partition
