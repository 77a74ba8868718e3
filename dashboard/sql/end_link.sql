-- End one shared link.
DELETE FROM links WHERE id = :id;
