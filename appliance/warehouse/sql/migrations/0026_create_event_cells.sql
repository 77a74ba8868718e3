-- Cells of an event: each of its own attributes alone and with each attribute of its visit. "None" (0) takes part in
-- both roles with a mask of all visits: with it the singles fall out of the same sums, and an attribute of the visit
-- alone gets pageviews and events only. A visitor is new to a pair if no visit of the day had both, this one included.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_cells TO cells_open AS
SELECT
    site,
    day,
    'day' AS grain,
    if(own = 0, dim, own) AS dim_a,
    if(own = 0, val, own_val) AS a,
    if(own = 0, 0, dim) AS dim_b,
    if(own = 0, '', val) AS b,
    countIf(bitAnd(own_mask, bitOr(mask, bit)) = 0) AS visitors,
    countIf(bitAnd(own_mask, bit) = 0) AS visits,
    sum(owns.pageviews) AS pageviews,
    sum(owns.events) AS events,
    sumIf(owns.engaged_ms, own = 1) AS engaged_ms,
    sumIf(owns.engaged_visits, own = 1) AS engaged_visits,
    sumIf(owns.scroll_depth, own = 1) AS scroll_depth,
    sumIf(owns.scroll_visits, own = 1) AS scroll_visits,
    sumIf(owns.revenue_minor, own = 6) AS revenue_minor
FROM
(
    SELECT
        site, day, bit, pageviews, events, engaged_ms, engaged_visits, scroll_depth, scroll_visits, revenue_minor,
        own, own_val, own_mask,
        arrayPushFront(v_dims, 0) AS dims,
        arrayPushFront(v_vals, '') AS vals,
        arrayPushFront(v_masks, 18446744073709551615) AS masks
    FROM event_facts
    ARRAY JOIN
        arrayPushFront(e_dims, 0) AS own,
        arrayPushFront(e_vals, '') AS own_val,
        arrayPushFront(e_masks, 18446744073709551615) AS own_mask
) AS owns
ARRAY JOIN dims AS dim, vals AS val, masks AS mask
WHERE own != 0 OR (dim != 0 AND owns.events > 0)
GROUP BY site, day, dim_a, a, dim_b, b
