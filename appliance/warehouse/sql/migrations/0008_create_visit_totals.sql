-- A start (phase 1) adds a visit, and a visitor if it is the first of the visitor's day; a close (phase 2)
-- adds what is known only then. Pageviews and events of a visit reach the totals with the events.
CREATE MATERIALIZED VIEW IF NOT EXISTS visit_totals TO totals_hour AS
SELECT
    site,
    day,
    hour,
    countIf(phase = 1 AND bit = 1) AS visitors,
    countIf(phase = 1) AS visits,
    countIf(phase = 2) AS closed,
    sum(visit_facts.bounces) AS bounces,
    sum(visit_facts.duration_ms) AS duration_ms
FROM visit_facts
GROUP BY site, day, hour
