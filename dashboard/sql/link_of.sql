-- The shared link of a token, if it has not ended.
SELECT id, label, site, filters, password_hash, created_by, created_at, ends_at
FROM links
WHERE token_hash = :token_hash AND (ends_at IS NULL OR ends_at > :now);
