-- Logins of the dashboard. Neither addresses nor browsers; a token itself is nowhere.
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,            -- names a login in lists; opens nothing
    token_hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,             -- whose
    credential BLOB NOT NULL,       -- hash of the password hash at the login
    started_at INTEGER NOT NULL,    -- seconds since 1970
    used_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
);
