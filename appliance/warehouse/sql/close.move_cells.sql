-- Copies the single cells of one open day, merged, into the table of closed days. Pairs are not kept unfolded.
INSERT INTO cells
SELECT
    site,
    day,
    grain,
    dim_a,
    a,
    dim_b,
    b,
    sum(cells_open.visitors) AS visitors,
    sum(cells_open.visits) AS visits,
    sum(cells_open.pageviews) AS pageviews,
    sum(cells_open.events) AS events,
    sum(cells_open.closed) AS closed,
    sum(cells_open.bounces) AS bounces,
    sum(cells_open.duration_ms) AS duration_ms,
    sum(cells_open.engaged_ms) AS engaged_ms,
    sum(cells_open.engaged_visits) AS engaged_visits,
    sum(cells_open.scroll_depth) AS scroll_depth,
    sum(cells_open.scroll_visits) AS scroll_visits,
    sum(cells_open.revenue_minor) AS revenue_minor
FROM cells_open
WHERE site = {site:String} AND day = {day:Date} AND dim_b = 0
GROUP BY site, day, grain, dim_a, a, dim_b, b
