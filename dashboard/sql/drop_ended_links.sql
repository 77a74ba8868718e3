-- Forget shared links that are over.
DELETE FROM links WHERE ends_at <= :now;
