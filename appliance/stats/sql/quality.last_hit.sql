-- The last site-local day and hour with a counted hit. No row without any.
SELECT day, hour FROM outcomes
WHERE site = {site:String} AND outcome = 'accepted' AND hits > 0
ORDER BY day DESC, hour DESC
LIMIT 1
