-- Rows of every kind that a backup holds, by site and day (by first day for months). Days with open cells that are not
-- marked as closed are left out of all of them.
SELECT kind, site, day, count() AS rows
FROM
(
    SELECT 'closed_days' AS kind, site, day FROM closed_days
    UNION ALL
    SELECT 'closed_months' AS kind, site, month AS day FROM closed_months
    UNION ALL
    SELECT 'day_cells' AS kind, site, day FROM cells
    WHERE grain = 'day' AND (site, day) IN (SELECT site, day FROM closed_days)
    UNION ALL
    SELECT 'month_cells' AS kind, site, day FROM cells
    WHERE grain = 'month' AND (site, day) IN (SELECT site, month FROM closed_months)
    UNION ALL
    SELECT 'totals_hour' AS kind, site, day FROM totals_hour
    WHERE (site, day) NOT IN ({open:Array(Tuple(String, Date))})
    UNION ALL
    SELECT 'outcomes' AS kind, site, day FROM outcomes
    WHERE (site, day) NOT IN ({open:Array(Tuple(String, Date))})
)
GROUP BY kind, site, day
ORDER BY kind, toYYYYMM(day), site, day
