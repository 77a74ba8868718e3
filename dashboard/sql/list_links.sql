-- All shared links that have not ended, the newest first.
SELECT id, label, site, filters, password_hash, created_by, created_at, ends_at
FROM links
WHERE ends_at IS NULL OR ends_at > :now
ORDER BY created_at DESC, id;
