-- What a day that is being closed leaves for its month: hidden cells (role 1) and what is hidden in each slice (2-5,
-- see fold/carried.py). hidden has a bit for each value that was not shown by itself. It goes to carry after the mark
-- of the day; one partition per site and day, so that this and every repetition drop exactly that.
CREATE TABLE IF NOT EXISTS carry_open
(
    site String,
    day Date,
    role UInt8,
    hidden UInt8,
    dim_a UInt8,
    a String,
    dim_b UInt8,
    b String,
    visitors UInt64,
    visits UInt64,
    pageviews UInt64,
    events UInt64,
    closed UInt64,
    bounces UInt64,
    duration_ms UInt64,
    engaged_ms UInt64,
    engaged_visits UInt64,
    scroll_depth UInt64,
    scroll_visits UInt64,
    revenue_minor Int64
)
ENGINE = MergeTree
PARTITION BY (day, site)
ORDER BY (site, dim_a, dim_b, role, hidden, a, b)
SETTINGS old_parts_lifetime = 0
