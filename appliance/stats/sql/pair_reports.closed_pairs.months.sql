-- As pair_reports.closed_pairs.days: what closed months that lie in the range as a whole show of what their days hid.
SELECT
    if({step:String} = 'month', toNullable(day), NULL) AS at, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells
PREWHERE site = {site:String} AND grain = 'month' AND day >= {first:Date} AND toLastDayOfMonth(day) <= {last:Date}
    AND (site, day) IN (SELECT site, month FROM closed_months)
    AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8}
    AND startsWith(a, {prefix_a:String}) AND startsWith(b, {prefix_b:String})
    AND (empty({values_a:Array(String)}) OR a IN {values_a:Array(String)})
    AND (empty({values_b:Array(String)}) OR b IN {values_b:Array(String)})
GROUP BY at, a, b
