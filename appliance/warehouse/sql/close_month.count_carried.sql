-- Rows that wait for the end of one month, however many parts they are spread over.
SELECT uniqExact(role, hidden, dim_a, a, dim_b, b) FROM carry WHERE site = {site:String} AND month = {month:Date}
