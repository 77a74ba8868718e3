-- Pageviews and custom events on their way through the views: the Null engine stores nothing of a row.
-- v_ arrays are the attributes of the visit, e_ arrays those of the event itself; masks as in visit_facts.
CREATE TABLE IF NOT EXISTS event_facts
(
    site String,
    day Date,
    hour UInt8,
    bit UInt64,
    pageviews UInt8,
    visitors_hour UInt8,
    v_dims Array(UInt8),
    v_vals Array(String),
    v_masks Array(UInt64),
    e_dims Array(UInt8),
    e_vals Array(String),
    e_masks Array(UInt64)
)
ENGINE = Null
