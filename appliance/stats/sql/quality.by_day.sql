-- How hits of a site ended, by site-local day.
SELECT day, outcome, sum(hits) FROM outcomes
WHERE site = {site:String} AND day BETWEEN {first:Date} AND {last:Date}
GROUP BY day, outcome
ORDER BY day, outcome
