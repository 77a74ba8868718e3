-- How hits of a site ended, by site-local hour; refusals stand under hour 0 as totals of the day.
CREATE TABLE IF NOT EXISTS outcomes
(
    site String,
    day Date,
    hour UInt8,
    outcome LowCardinality(String),
    hits UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, hour, outcome)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 0
