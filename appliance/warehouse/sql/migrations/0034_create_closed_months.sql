-- One mark per closed site and month: from then on answers read its rows of grain 'month' in cells. proven is 1 once
-- the evidence log says that its carry is gone.
CREATE TABLE IF NOT EXISTS closed_months
(
    site String,
    month Date,
    proven UInt8
)
ENGINE = ReplacingMergeTree(proven)
ORDER BY (site, month)
SETTINGS old_parts_lifetime = 0
