-- Visitors who reached each step of a funnel, by day, and whether the day is open.
SELECT day, a, sum(visitors), any(is_open)
FROM readable_cells
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date} AND dim_a = {dimension:UInt8} AND dim_b = 0
GROUP BY day, a
ORDER BY day, a
