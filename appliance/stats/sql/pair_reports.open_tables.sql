-- Some tables of one day that is not closed, all their cells, for the fold to choose from: number of the table, values,
-- counters. dim_b is 0 for single cells. The first dimensions are named beside the tables for the index.
SELECT
    256 * dim_a + dim_b AS number, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells_open
WHERE site = {site:String} AND grain = 'day' AND day = {day:Date} AND dim_a IN {dimensions:Array(UInt8)}
    AND number IN {tables:Array(UInt16)} AND (site, day) NOT IN (SELECT site, day FROM closed_days)
GROUP BY number, a, b
ORDER BY number, a, b
