-- Adds what one closed day left in some tables to its month. The order makes a repetition the same block under its
-- token, which counts once.
INSERT INTO carry
SELECT
    site, toStartOfMonth(day) AS month, role, hidden, dim_a, a, dim_b, b, toUInt64(visitors > 0) AS days,
    visitors, visits, pageviews, events, closed, bounces, duration_ms,
    engaged_ms, engaged_visits, scroll_depth, scroll_visits, revenue_minor
FROM carry_open
WHERE site = {site:String} AND day = {day:Date} AND has({tables:Array(UInt16)}, toUInt16(256 * dim_a + dim_b))
ORDER BY ALL
