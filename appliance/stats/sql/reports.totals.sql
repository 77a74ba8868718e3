-- Exact totals of a site from first to last day. One row.
SELECT sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms)
FROM totals_hour
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
