-- Rewrites the parts of one partition without the rows that are older than a limit. (DELETE FROM would only mask them.)
ALTER TABLE {table:Identifier} DELETE IN PARTITION ID {partition:String}
WHERE {column:Identifier} < {cutoff:Date} AND has({sites:Array(String)}, site) = {listed:Bool}
