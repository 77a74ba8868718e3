-- Cells of one day among the open ones, however many parts they are spread over.
SELECT uniqExact(grain, dim_a, a, dim_b, b) FROM open_cells WHERE site = {site:String} AND day = {day:Date}
