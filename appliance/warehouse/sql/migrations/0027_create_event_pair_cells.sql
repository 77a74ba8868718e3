-- Pairs of an event's own attributes, by the mask of the pair: the masks of its halves say nothing of both together.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_pair_cells TO cells_open AS
SELECT
    site,
    day,
    'day' AS grain,
    dim_a,
    a,
    dim_b,
    b,
    countIf(mask = 0) AS visitors,
    countIf(bitAnd(mask, bit) = 0) AS visits,
    sum(event_facts.pageviews) AS pageviews,
    sum(event_facts.events) AS events,
    sumIf(event_facts.revenue_minor, dim_b = 6) AS revenue_minor
FROM event_facts
ARRAY JOIN p_dims AS dim_a, p_vals AS a, p_other_dims AS dim_b, p_other_vals AS b, p_masks AS mask
GROUP BY site, day, dim_a, a, dim_b, b
