-- How many values of one dimension are hidden, counted per day. One row.
SELECT count()
FROM
(
    SELECT day, a, sum(visitors) AS cell_visitors
    FROM readable_cells
    WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
        AND dim_a = {dimension:UInt8} AND dim_b = 0 AND startsWith(a, {prefix:String})
    GROUP BY day, a
    HAVING NOT (cell_visitors >= {k:UInt32} OR a IN {admitted:Array(String)} OR match(a, {admitted_pattern:String}))
)
