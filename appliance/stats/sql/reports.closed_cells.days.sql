-- Single cells of one dimension on single closed days, which hold only what may be shown, by step. Days that are open
-- or in sums of months are read elsewhere. With named values all others are one row without a value. The last column is
-- the visits of cells that lost their side counters when their day was closed, none with k = 0.
SELECT
    multiIf({step:String} = 'day', toNullable(day), {step:String} = 'month', toStartOfMonth(day), NULL) AS at,
    if(empty({named:Array(String)}) OR a IN {named:Array(String)}, toNullable(a), NULL) AS value,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
    sumIf(visits, visitors < {k:UInt32})
FROM cells
WHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
    AND day NOT IN {elsewhere:Array(Date)}
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
GROUP BY at, value
