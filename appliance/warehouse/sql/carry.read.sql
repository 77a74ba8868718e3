-- What is carried in some tables of one month: number of the table, role, hidden, days, values, counters. Cells of
-- fewer than k visitors change nothing in the fold of a month, but where cells do not add up (whole). In the order of
-- the table, so that the groups need no memory.
SELECT
    256 * dim_a + dim_b AS number, role, hidden, sum(days), a, b,
    sum(visitors) AS n_visitors, sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM carry
WHERE site = {site:String} AND month = {month:Date} AND has({tables:Array(UInt16)}, toUInt16(256 * dim_a + dim_b))
GROUP BY dim_a, dim_b, role, hidden, a, b
HAVING role != 1 OR n_visitors >= {k:UInt32} OR has({whole:Array(UInt8)}, dim_a) OR has({whole:Array(UInt8)}, dim_b)
ORDER BY dim_a, dim_b, role, hidden, a, b
SETTINGS optimize_aggregation_in_order = 1
