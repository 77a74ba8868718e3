-- Single cells of one dimension, summed over closed days and over closed months that are wholly within: they hold only
-- what may be shown. The last column is the visits of cells that lost their side counters when their day was closed.
SELECT
    NULL, a,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
    sumIf(visits, visitors < {k:UInt32})
FROM cells
WHERE site = {site:String} AND grain IN ('day', 'month') AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    AND if(grain = 'month',
        toLastDayOfMonth(day) <= {last:Date} AND (site, day) IN (SELECT site, month FROM closed_months),
        (site, day) IN (SELECT site, day FROM closed_days))
GROUP BY a
ORDER BY a
