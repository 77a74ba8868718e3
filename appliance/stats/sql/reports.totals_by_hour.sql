-- Totals of each site-local hour that has any. Visitors are the different ones of the hour: they do not add up.
SELECT
    day, hour,
    sum(visitors_hour), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms)
FROM totals_hour
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY day, hour
ORDER BY day, hour
