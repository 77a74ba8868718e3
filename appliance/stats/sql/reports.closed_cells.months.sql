-- As reports.closed_cells.days: what closed months that lie in the range as a whole show of what their days hid.
SELECT
    if({step:String} = 'month', toNullable(day), NULL) AS at,
    if(empty({named:Array(String)}) OR a IN {named:Array(String)}, toNullable(a), NULL) AS value,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
    0
FROM cells
WHERE site = {site:String} AND grain = 'month' AND day >= {first:Date} AND toLastDayOfMonth(day) <= {last:Date}
    AND (site, day) IN (SELECT site, month FROM closed_months)
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
GROUP BY at, value
