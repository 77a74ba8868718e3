-- A new login.
INSERT INTO sessions (id, token_hash, name, credential, started_at, used_at, ends_at)
VALUES (:id, :token_hash, :name, :credential, :now, :now, :ends_at);
