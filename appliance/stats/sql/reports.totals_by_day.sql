-- Exact totals of each day that has any, and in the last column whether the day is closed.
SELECT
    day, sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
    (site, day) IN (SELECT site, day FROM closed_days)
FROM totals_hour
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY site, day
ORDER BY day
