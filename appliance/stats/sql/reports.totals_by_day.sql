-- Exact totals of each day that has any.
SELECT day, sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms)
FROM totals_hour
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY day
ORDER BY day
