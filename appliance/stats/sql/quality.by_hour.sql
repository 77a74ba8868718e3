-- How hits of a site ended on one day, by site-local hour. Refusals stand under hour 0.
SELECT hour, outcome, sum(hits) FROM outcomes
WHERE site = {site:String} AND day = {day:Date}
GROUP BY hour, outcome
ORDER BY hour, outcome
