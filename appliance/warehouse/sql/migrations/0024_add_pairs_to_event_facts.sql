-- Parallel arrays of pairs of the event's own attributes, each with the mask of the pair.
ALTER TABLE event_facts
    ADD COLUMN IF NOT EXISTS p_dims Array(UInt8),
    ADD COLUMN IF NOT EXISTS p_vals Array(String),
    ADD COLUMN IF NOT EXISTS p_other_dims Array(UInt8),
    ADD COLUMN IF NOT EXISTS p_other_vals Array(String),
    ADD COLUMN IF NOT EXISTS p_masks Array(UInt64)
