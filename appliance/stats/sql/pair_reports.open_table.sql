-- One table of one day that is not closed: all its cells, for the fold to choose from. dim_b is 0 for single cells.
SELECT
    a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells_open
WHERE site = {site:String} AND grain = 'day' AND day = {day:Date} AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8}
    AND (site, day) NOT IN (SELECT site, day FROM closed_days)
GROUP BY a, b
ORDER BY a, b
