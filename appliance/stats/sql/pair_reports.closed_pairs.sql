-- Pairs of two attributes of closed days. By step, single days, months and what closed months show as for single cells
-- (reports.closed_cells). Of an attribute with values_* only these are read, with none all. PREWHERE: most rows fall
-- out by their values before their counters are read.
WITH
    startsWith(a, {prefix_a:String}) AND startsWith(b, {prefix_b:String})
    AND (empty({values_a:Array(String)}) OR a IN {values_a:Array(String)})
    AND (empty({values_b:Array(String)}) OR b IN {values_b:Array(String)}) AS passes
SELECT *
FROM
(
    SELECT
        multiIf({step:String} = 'day', toNullable(day), {step:String} = 'month', toStartOfMonth(day), NULL) AS at, a, b,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
    FROM cells
    PREWHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
        AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8} AND passes
        AND toStartOfMonth(day) NOT IN {months:Array(Date)} AND (site, day) IN (SELECT site, day FROM closed_days)
    GROUP BY at, a, b
    UNION ALL
    SELECT
        if({step:String} = 'month', toNullable(toStartOfMonth(day)), NULL) AS at, a, b,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
    FROM cells
    WHERE site = {site:String} AND grain = 'day' AND toStartOfMonth(day) IN {months:Array(Date)}
        AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8} AND passes
    GROUP BY at, a, b
    UNION ALL
    SELECT
        if({step:String} = 'month', toNullable(day), NULL) AS at, a, b,
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
    FROM cells
    PREWHERE site = {site:String} AND grain = 'month' AND {step:String} != 'day' AND day >= {first:Date}
        AND toLastDayOfMonth(day) <= {last:Date} AND (site, day) IN (SELECT site, month FROM closed_months)
        AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8} AND passes
    GROUP BY at, a, b
)
ORDER BY at, a, b
