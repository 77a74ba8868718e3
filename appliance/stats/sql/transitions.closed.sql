-- Pairs of a page (a) and the page before it (b) of closed days, which hold only what may be shown.
SELECT b, a, sum(visitors), sum(visits), sum(pageviews)
FROM cells
WHERE site = {site:String} AND grain = 'day' AND day BETWEEN {first:Date} AND {last:Date}
    AND dim_a = {page:UInt8} AND dim_b = {previous:UInt8}
    AND (site, day) IN (SELECT site, day FROM closed_days)
GROUP BY a, b
