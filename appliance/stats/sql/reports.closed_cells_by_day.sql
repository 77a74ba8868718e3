-- Single cells of one dimension by closed day. The last column is the visits of cells that lost their side counters.
SELECT
    day, a,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
    sumIf(visits, visitors < {k:UInt32})
FROM cells
WHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    AND (site, day) IN (SELECT site, day FROM closed_days)
GROUP BY day, a
ORDER BY day, a
