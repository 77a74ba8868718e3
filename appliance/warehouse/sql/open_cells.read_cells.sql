-- The merged cells of some tables of one open day: number of the table, values, counters.
SELECT
    256 * dim_a + dim_b AS number, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM open_cells
WHERE site = {site:String} AND day = {day:Date} AND grain = 'day' AND number IN {tables:Array(UInt16)}
GROUP BY number, a, b
ORDER BY number, a, b
