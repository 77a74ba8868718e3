-- As reports.closed_cells.days, of months of which all days count: from the projection by_month, whose last column says
-- which cells lost their side counters.
SELECT
    if({step:String} = 'month', toNullable(toStartOfMonth(day)), NULL) AS at,
    if(empty({named:Array(String)}) OR a IN {named:Array(String)}, toNullable(a), NULL) AS value,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
    if({k:UInt32} > 0, sumIf(visits, events = 0), 0)
FROM cells
WHERE site = {site:String} AND grain = 'day' AND toStartOfMonth(day) IN {months:Array(Date)}
    AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
GROUP BY at, value
