-- Closed visits on their way to their pairs of attributes; nothing is stored of a row. Attributes are in the order of
-- their dimensions. They are those of visit_facts at the close, inserted more rarely.
CREATE TABLE IF NOT EXISTS pair_facts
(
    site String,
    day Date,
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
