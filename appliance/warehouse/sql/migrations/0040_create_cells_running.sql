-- Counters of days that are not closed yet, as in cells_open, with one partition for the day of all sites: an insert
-- makes one part for each view, however many sites it brings. A close writes the parts anew without its site's rows.
CREATE TABLE IF NOT EXISTS cells_running
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
    duration_ms UInt64,
    engaged_ms UInt64,
    engaged_visits UInt64,
    scroll_depth UInt64,
    scroll_visits UInt64,
    revenue_minor Int64
)
ENGINE = SummingMergeTree
PARTITION BY day
ORDER BY (site, grain, dim_a, dim_b, day, a, b)
SETTINGS
    non_replicated_deduplication_window = 10000, old_parts_lifetime = 0, concurrent_part_removal_threshold = 1000000
