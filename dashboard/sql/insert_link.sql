-- A new shared link.
INSERT INTO links (id, token_hash, label, site, filters, password_hash, created_by, created_at, ends_at)
VALUES (:id, :token_hash, :label, :site, :filters, :password_hash, :created_by, :now, :ends_at);
