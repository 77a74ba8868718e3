-- As retention.delete, in a table that holds rows of several grains.
ALTER TABLE {table:Identifier} DELETE IN PARTITION ID {partition:String}
WHERE
    {column:Identifier} < {cutoff:Date} AND has({sites:Array(String)}, site) = {listed:Bool}
    AND grain = {grain:String}
