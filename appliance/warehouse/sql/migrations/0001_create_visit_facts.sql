-- Starts and closes of visits on their way through the views: the Null engine stores nothing of a row.
-- dims, vals and masks are parallel: the non-empty attributes and, for each, a bit per earlier visit of the
-- visitor's day that had it. bit is 1 << n for the n-th visit, phase 1 its start and 2 its close.
CREATE TABLE IF NOT EXISTS visit_facts
(
    site String,
    day Date,
    hour UInt8,
    phase UInt8,
    bit UInt64,
    dims Array(UInt8),
    vals Array(String),
    masks Array(UInt64),
    pageviews UInt32,
    events UInt32,
    bounces UInt32,
    duration_ms UInt64
)
ENGINE = Null
