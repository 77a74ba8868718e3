-- Pairs of two attributes on closed days, which hold only what may be shown, by day or (by_day = 0) summed with the
-- cells of closed months that are wholly within. Of an attribute with values_* only these are read, with none all.
-- PREWHERE: most rows fall out by their values before their counters are read.
SELECT
    if({by_day:UInt8} = 1, toNullable(day), NULL) AS at, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells
PREWHERE site = {site:String} AND grain IN ('day', 'month') AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8}
    AND startsWith(a, {prefix_a:String}) AND startsWith(b, {prefix_b:String})
    AND (empty({values_a:Array(String)}) OR a IN {values_a:Array(String)})
    AND (empty({values_b:Array(String)}) OR b IN {values_b:Array(String)})
    AND if(grain = 'month',
        {by_day:UInt8} = 0 AND toLastDayOfMonth(day) <= {last:Date}
            AND (site, day) IN (SELECT site, month FROM closed_months),
        (site, day) IN (SELECT site, day FROM closed_days))
GROUP BY at, a, b
ORDER BY at, a, b
