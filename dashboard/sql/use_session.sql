-- It was used just now.
UPDATE sessions SET used_at = :now WHERE id = :id AND used_at < :now;
