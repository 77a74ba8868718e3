-- Single cells of one dimension, summed over the days on which the value may be shown: at least k visitors, or
-- admitted by the pattern. Columns: nothing, value, counters.
SELECT
    NULL, a,
    sum(cell_visitors), sum(cell_visits), sum(cell_pageviews), sum(cell_events),
    sum(cell_closed), sum(cell_bounces), sum(cell_duration_ms),
    sum(cell_engaged_ms), sum(cell_engaged_visits), sum(cell_scroll_depth), sum(cell_scroll_visits),
    sum(cell_revenue_minor)
FROM
(
    SELECT
        day, a,
        sum(visitors) AS cell_visitors, sum(visits) AS cell_visits, sum(pageviews) AS cell_pageviews,
        sum(events) AS cell_events, sum(closed) AS cell_closed, sum(bounces) AS cell_bounces,
        sum(duration_ms) AS cell_duration_ms, sum(engaged_ms) AS cell_engaged_ms,
        sum(engaged_visits) AS cell_engaged_visits, sum(scroll_depth) AS cell_scroll_depth,
        sum(scroll_visits) AS cell_scroll_visits, sum(revenue_minor) AS cell_revenue_minor
    FROM readable_cells
    WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
        AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    GROUP BY day, a
    HAVING cell_visitors >= {k:UInt32} OR a IN {admitted:Array(String)} OR match(a, {admitted_pattern:String})
)
GROUP BY a
ORDER BY a
