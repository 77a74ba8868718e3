-- Sums of engagement and revenue. scroll_depth is the sum over visits of a page of the greatest depth in percent;
-- divide it by scroll_visits. revenue_minor adds up within one currency only.
ALTER TABLE cells_open
    ADD COLUMN IF NOT EXISTS engaged_ms UInt64,
    ADD COLUMN IF NOT EXISTS engaged_visits UInt64,
    ADD COLUMN IF NOT EXISTS scroll_depth UInt64,
    ADD COLUMN IF NOT EXISTS scroll_visits UInt64,
    ADD COLUMN IF NOT EXISTS revenue_minor Int64
