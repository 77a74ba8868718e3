-- Single cells of one dimension of closed days, which hold only what may be shown, by step: single days, months of
-- which all days count (from the projection by_month), and what closed months show of what their days hid. The last
-- column is the visits of cells that lost their side counters when their day was closed, none with k = 0.
SELECT *
FROM
(
    SELECT
        multiIf({step:String} = 'day', toNullable(day), {step:String} = 'month', toStartOfMonth(day), NULL) AS at, a,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
        sumIf(visits, visitors < {k:UInt32})
    FROM cells
    WHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
        AND toStartOfMonth(day) NOT IN {months:Array(Date)} AND (site, day) IN (SELECT site, day FROM closed_days)
        AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    GROUP BY at, a
    UNION ALL
    SELECT
        if({step:String} = 'month', toNullable(toStartOfMonth(day)), NULL) AS at, a,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
        if({k:UInt32} > 0, sumIf(visits, events = 0), 0)
    FROM cells
    WHERE site = {site:String} AND grain = 'day' AND toStartOfMonth(day) IN {months:Array(Date)}
        AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    GROUP BY at, a
    UNION ALL
    SELECT
        if({step:String} = 'month', toNullable(day), NULL) AS at, a,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor), 0
    FROM cells
    WHERE site = {site:String} AND grain = 'month' AND {step:String} != 'day' AND day >= {first:Date}
        AND toLastDayOfMonth(day) <= {last:Date} AND (site, day) IN (SELECT site, month FROM closed_months)
        AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    GROUP BY at, a
)
ORDER BY at, a
