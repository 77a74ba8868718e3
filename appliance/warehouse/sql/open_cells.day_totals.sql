-- Totals of one day in the order of the counters of cells; totals know nothing of engagement and revenue.
SELECT
    sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms), 0, 0, 0, 0, 0
FROM totals_hour
WHERE site = {site:String} AND day = {day:Date}
