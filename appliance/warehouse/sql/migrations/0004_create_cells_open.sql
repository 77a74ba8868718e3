-- Counters over at most two attributes, of days that are not closed yet. dim_a and dim_b are numbers of
-- dimensions; a cell of one attribute has dim_b = 0 and b = ''. One partition per site and day, so that the
-- close of a day drops exactly that; old parts are removed at once.
CREATE TABLE IF NOT EXISTS cells_open
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
PARTITION BY (day, site)
ORDER BY (site, grain, dim_a, dim_b, day, a, b)
SETTINGS non_replicated_deduplication_window = 10000, old_parts_lifetime = 0
