-- The login of a token, if it has not ended.
SELECT id, name, credential, used_at
FROM sessions
WHERE token_hash = :token_hash AND ends_at > :now AND used_at > :idle_since;
