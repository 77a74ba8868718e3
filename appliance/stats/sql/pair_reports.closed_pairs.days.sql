-- Pairs of two attributes on single closed days, by step. Days that are open or in sums of months are read elsewhere. Of
-- an attribute with values_* only these are read, with none all. PREWHERE: most rows fall out by their values before
-- their counters are read.
SELECT
    multiIf({step:String} = 'day', toNullable(day), {step:String} = 'month', toStartOfMonth(day), NULL) AS at, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells
PREWHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
    AND day NOT IN {elsewhere:Array(Date)}
    AND dim_a = {dim_a:UInt8} AND dim_b = {dim_b:UInt8}
    AND startsWith(a, {prefix_a:String}) AND startsWith(b, {prefix_b:String})
    AND (empty({values_a:Array(String)}) OR a IN {values_a:Array(String)})
    AND (empty({values_b:Array(String)}) OR b IN {values_b:Array(String)})
GROUP BY at, a, b
