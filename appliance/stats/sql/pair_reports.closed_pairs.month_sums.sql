-- As pair_reports.closed_pairs.days, of months of which all days count: from the projection by_month.
SELECT
    if({step:String} = 'month', toNullable(toStartOfMonth(day)), NULL) AS at, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells
WHERE site = {site:String} AND grain = 'day' AND toStartOfMonth(day) IN {months:Array(Date)}
    AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8}
    AND startsWith(a, {prefix_a:String}) AND startsWith(b, {prefix_b:String})
    AND (empty({values_a:Array(String)}) OR a IN {values_a:Array(String)})
    AND (empty({values_b:Array(String)}) OR b IN {values_b:Array(String)})
GROUP BY at, a, b
