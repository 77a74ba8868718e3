-- Single cells of a visit's attributes. The start brings visitors and visits. The close brings closed, bounces
-- and durations; the exit page (dimension 21) is known only then, so everything of its cell comes with the close.
-- A visitor is new to a cell if no earlier visit of the day had the value.
CREATE MATERIALIZED VIEW IF NOT EXISTS visit_cells TO cells_running AS
WITH (phase = 1 OR dim_a = 21) AS brings_visit
SELECT
    site,
    day,
    'day' AS grain,
    dim_a,
    a,
    toUInt8(0) AS dim_b,
    '' AS b,
    countIf(brings_visit AND bitAnd(mask_a, bitNot(bit)) = 0) AS visitors,
    countIf(brings_visit) AS visits,
    sumIf(visit_facts.pageviews, dim_a = 21) AS pageviews,
    sumIf(visit_facts.events, dim_a = 21) AS events,
    countIf(phase = 2) AS closed,
    sum(visit_facts.bounces) AS bounces,
    sum(visit_facts.duration_ms) AS duration_ms
FROM visit_facts
ARRAY JOIN dims AS dim_a, vals AS a, masks AS mask_a
GROUP BY site, day, dim_a, a
