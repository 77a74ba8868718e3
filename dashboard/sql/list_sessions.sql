-- All logins, the one used last first.
SELECT id, name, started_at, used_at, ends_at
FROM sessions
WHERE ends_at > :now AND used_at > :idle_since
ORDER BY used_at DESC, started_at DESC, id;
