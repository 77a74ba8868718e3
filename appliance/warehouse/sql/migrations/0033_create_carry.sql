-- The same, summed over the closed days of a month that is not closed: no day is known any more, only how many there
-- were. No answer reads it. One partition per site and month, which the close of the month drops.
CREATE TABLE IF NOT EXISTS carry
(
    site String,
    month Date,
    role UInt8,
    hidden UInt8,
    dim_a UInt8,
    a String,
    dim_b UInt8,
    b String,
    days UInt64,
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
ENGINE = SummingMergeTree
PARTITION BY (month, site)
ORDER BY (site, month, dim_a, dim_b, role, hidden, a, b)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 0
