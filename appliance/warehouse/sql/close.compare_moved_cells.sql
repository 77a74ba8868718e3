-- Sums of one day before and after the move, in two rows that must be equal but for their first column.
SELECT
    0 AS is_closed, uniqExact(grain, dim_a, a, dim_b, b) AS cells, sum(visitors), sum(visits), sum(pageviews),
    sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells_open
WHERE site = {site:String} AND day = {day:Date} AND dim_b = 0
UNION ALL
SELECT
    1 AS is_closed, count() AS cells, sum(visitors), sum(visits), sum(pageviews),
    sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM cells
WHERE site = {site:String} AND day = {day:Date} AND grain = 'day'
ORDER BY is_closed
