-- events is 1 for pageviews and custom events and 0 for engagement signals, which carry only the columns after it:
-- visible time, whether it is the first of this page in the visit, by how much the page's greatest scroll depth of
-- the visit (percent) rose, whether it is its first. revenue_minor is in the smallest unit of the event's currency.
ALTER TABLE event_facts
    ADD COLUMN IF NOT EXISTS events UInt8 DEFAULT 1,
    ADD COLUMN IF NOT EXISTS engaged_ms UInt64,
    ADD COLUMN IF NOT EXISTS engaged_visits UInt8,
    ADD COLUMN IF NOT EXISTS scroll_depth UInt8,
    ADD COLUMN IF NOT EXISTS scroll_visits UInt8,
    ADD COLUMN IF NOT EXISTS revenue_minor Int64
