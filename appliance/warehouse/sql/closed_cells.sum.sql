-- Rows of one day or month among the closed cells, and the sum of all their counters.
SELECT
    count(),
    sum(
        visitors + visits + pageviews + events + closed + bounces + duration_ms
        + engaged_ms + engaged_visits + scroll_depth + scroll_visits + revenue_minor
    )
FROM cells
WHERE site = {site:String} AND day = {day:Date} AND grain = {grain:String}
