-- Cells of pages, alone and with the page before, by day that is not closed: all of them, for the fold to choose from.
SELECT
    day, dim_b, a, b,
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor)
FROM open_cells
WHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {page:UInt8} AND dim_b IN (0, {previous:UInt8})
    AND (site, day) NOT IN (SELECT site, day FROM closed_days)
GROUP BY day, dim_b, a, b
ORDER BY day, dim_b, a, b
