-- Rewrites the parts of one day without the rows of some sites. (DELETE FROM would only mask them.)
ALTER TABLE cells_running DELETE IN PARTITION ID {partition:String} WHERE has({sites:Array(String)}, site)
