-- Rows that wait for the end of a month, by table, and at most: parts are not merged yet.
SELECT dim_a, dim_b, count()
FROM carry
WHERE site = {site:String} AND month = {month:Date}
GROUP BY dim_a, dim_b
ORDER BY dim_a, dim_b
