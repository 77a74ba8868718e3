-- What is carried in some tables of one month: number of the table, role, hidden, days, values, counters. Cells of
-- fewer than k visitors change nothing in the fold of a month.
SELECT
    256 * dim_a + dim_b AS number, role, hidden, sum(days), a, b,
    sum(visitors) AS n_visitors, sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM carry
WHERE site = {site:String} AND month = {month:Date} AND has({tables:Array(UInt16)}, toUInt16(256 * dim_a + dim_b))
GROUP BY number, role, hidden, a, b
HAVING role != 1 OR n_visitors >= {k:UInt32}
ORDER BY number, role, hidden, a, b
