-- Counters over at most two attributes, of closed days; columns as in cells_open.
-- A row of grain 'month' stands for a whole month under its first day.
CREATE TABLE IF NOT EXISTS cells
(
    site String,
    day Date,
    grain Enum8('day' = 1, 'month' = 2),
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
    duration_ms UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site, grain, dim_a, dim_b, day, a, b)
SETTINGS old_parts_lifetime = 0
