-- Days of one month that are not closed to the end.
SELECT count()
FROM
(
    SELECT day FROM totals_hour
    WHERE site = {site:String} AND toStartOfMonth(day) = {month:Date}
        AND day NOT IN (SELECT day FROM closed_days WHERE site = {site:String})
    UNION DISTINCT
    SELECT day FROM open_cells WHERE site = {site:String} AND toStartOfMonth(day) = {month:Date}
    UNION DISTINCT
    SELECT day FROM carry_open WHERE site = {site:String} AND toStartOfMonth(day) = {month:Date}
)
