-- Totals of a site by site-local hour. A visit counts in the hour in which it started, an event in its own.
-- visitors_hour is the number of different visitors in the hour; hours of it do not add up.
CREATE TABLE IF NOT EXISTS totals_hour
(
    site String,
    day Date,
    hour UInt8,
    visitors UInt64,
    visits UInt64,
    pageviews UInt64,
    events UInt64,
    visitors_hour UInt64,
    closed UInt64,
    bounces UInt64,
    duration_ms UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, hour)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 0
