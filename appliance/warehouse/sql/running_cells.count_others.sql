-- Whether anything of other sites is among the open cells of one day: 0 or 1.
SELECT count()
FROM (SELECT 1 FROM cells_running WHERE day = {day:Date} AND NOT has({sites:Array(String)}, site) LIMIT 1)
