-- Adds the sums to parts that were written without them. It goes on in the background, also after a restart; until a
-- part has them its days are read.
ALTER TABLE cells MATERIALIZE PROJECTION by_month SETTINGS mutations_sync = 0
