-- Which tables of singles (dim_b = 0) and pairs one open day has, and how many rows at most.
SELECT dim_a, dim_b, count()
FROM open_cells
WHERE site = {site:String} AND day = {day:Date} AND grain = 'day'
GROUP BY dim_a, dim_b
