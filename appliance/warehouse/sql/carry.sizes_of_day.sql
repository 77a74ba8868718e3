-- Rows that one day left, by table.
SELECT dim_a, dim_b, count()
FROM carry_open
WHERE site = {site:String} AND day = {day:Date}
GROUP BY dim_a, dim_b
ORDER BY dim_a, dim_b
