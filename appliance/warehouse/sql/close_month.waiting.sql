-- Sites and months with anything that waits for the end of the month, or without their line in the evidence log.
SELECT DISTINCT site, month
FROM
(
    SELECT site, month FROM carry GROUP BY site, month
    UNION ALL
    SELECT site, month FROM closed_months GROUP BY site, month HAVING max(proven) = 0
)
ORDER BY month, site
