-- What may be read: closed days from cells, all others from open_cells, never both. A reader holds
-- ClosedDays.reading() while it asks, so that no day is marked between the two halves of one answer.
CREATE VIEW IF NOT EXISTS readable_cells AS
SELECT *, toUInt8(0) AS is_open
FROM cells
WHERE grain = 'day' AND (site, day) IN (SELECT site, day FROM closed_days)
UNION ALL
SELECT *, toUInt8(1) AS is_open
FROM open_cells
WHERE grain = 'day' AND (site, day) NOT IN (SELECT site, day FROM closed_days)
