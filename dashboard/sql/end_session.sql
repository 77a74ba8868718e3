-- End one login.
DELETE FROM sessions WHERE id = :id;
