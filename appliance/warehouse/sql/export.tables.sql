-- Which of some tables there are.
SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)} ORDER BY name
