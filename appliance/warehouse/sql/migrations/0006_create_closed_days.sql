-- One mark per closed site-day: from then on the day is read from cells, before it from cells_open.
CREATE TABLE IF NOT EXISTS closed_days
(
    site String,
    day Date
)
ENGINE = ReplacingMergeTree
ORDER BY (site, day)
