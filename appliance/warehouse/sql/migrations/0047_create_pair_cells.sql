-- Pairs of attributes of a visit. A visitor is new to a pair if no earlier visit of the day had both values. Left out
-- are pairs that say the same twice: region with country, city with either, versions with their families.
CREATE MATERIALIZED VIEW IF NOT EXISTS pair_cells TO cells_running AS
SELECT
    site,
    day,
    'day' AS grain,
    dim_a,
    a,
    dim_b,
    b,
    countIf(bitAnd(bitAnd(mask_a, mask_b), bitNot(bit)) = 0) AS visitors,
    count() AS visits,
    sum(firsts.pageviews) AS pageviews,
    sum(firsts.events) AS events,
    count() AS closed,
    sum(firsts.bounces) AS bounces,
    sum(firsts.duration_ms) AS duration_ms
FROM
(
    SELECT
        site, day, bit, dim_a, a, mask_a, pageviews, events, bounces, duration_ms,
        arraySlice(dims, position + 1) AS other_dims,
        arraySlice(vals, position + 1) AS other_vals,
        arraySlice(masks, position + 1) AS other_masks
    FROM pair_facts
    ARRAY JOIN dims AS dim_a, vals AS a, masks AS mask_a, arrayEnumerate(dims) AS position
) AS firsts
ARRAY JOIN other_dims AS dim_b, other_vals AS b, other_masks AS mask_b
WHERE (dim_a, dim_b) NOT IN ((30, 31), (30, 32), (31, 32), (33, 34), (35, 36))
GROUP BY site, day, dim_a, a, dim_b, b
