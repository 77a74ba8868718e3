-- Single cells of one dimension by day, where the value may be shown: at least k visitors, or admitted.
SELECT
    day, a,
    sum(visitors) AS cell_visitors, sum(visits), sum(pageviews), sum(events),
    sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM readable_cells
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
GROUP BY day, a
HAVING cell_visitors >= {k:UInt32} OR a IN {admitted:Array(String)} OR match(a, {admitted_pattern:String})
ORDER BY day, a
