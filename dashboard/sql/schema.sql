-- Logins and shared links of the dashboard. Neither addresses nor browsers; a token itself is nowhere.
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,            -- names a login in lists; opens nothing
    token_hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,             -- whose
    credential BLOB NOT NULL,       -- hash of the password hash at the login
    started_at INTEGER NOT NULL,    -- seconds since 1970
    used_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS links (
    id TEXT PRIMARY KEY,            -- names a link in lists; opens nothing
    token_hash BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    site TEXT NOT NULL,
    filters TEXT NOT NULL,          -- JSON list, each as it stands in an address
    password_hash TEXT NOT NULL,    -- Argon2id; empty: none
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,    -- seconds since 1970
    ends_at INTEGER                 -- null: never
);
