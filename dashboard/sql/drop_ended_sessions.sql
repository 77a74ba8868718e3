-- Forget logins that are over.
DELETE FROM sessions WHERE ends_at <= :now OR used_at <= :idle_since;
