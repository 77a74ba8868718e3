-- Some tables of days that are not closed, all their cells, for the fold to choose from: day, number of the table,
-- values, counters. dim_b is 0 for single cells. The first dimensions are named beside the tables for the index.
SELECT
    day, 256 * dim_a + dim_b AS number, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM open_cells
WHERE site = {site:String} AND grain = 'day' AND day IN {days:Array(Date)} AND dim_a IN {dimensions:Array(UInt8)}
    AND number IN {tables:Array(UInt16)}
GROUP BY day, number, a, b
ORDER BY day, number, a, b
