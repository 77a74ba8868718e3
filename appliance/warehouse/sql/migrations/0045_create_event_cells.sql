-- Cells of an event: its own attributes alone, with each attribute of its visit, and with each other. "None" (0) takes
-- part in both roles with a mask of all visits: with it the singles fall out of the same sums, and an attribute of the
-- visit alone gets pageviews and events only. A visitor is new to a pair if no visit of the day had both, this one
-- included. Pairs of own attributes come as one more of these (255), with a mask each: the masks of the halves say
-- nothing of both together. One view for all, because each makes a part in every insert. What adds nothing is left out.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_cells TO cells_running AS
SELECT
    site, day, 'day' AS grain,
    if(first = 0, dim, first) AS dim_a, if(first = 0, val, first_val) AS a,
    if(first = 0, 0, dim) AS dim_b, if(first = 0, '', val) AS b,
    countIf(if(is_pair, mask, bitAnd(own_mask, bitOr(mask, bit))) = 0) AS visitors,
    countIf(bitAnd(if(is_pair, mask, own_mask), bit) = 0) AS visits,
    sum(owns.pageviews) AS pageviews,
    sum(owns.events) AS events,
    sumIf(owns.engaged_ms, NOT is_pair AND first = 1) AS engaged_ms,
    sumIf(owns.engaged_visits, NOT is_pair AND first = 1) AS engaged_visits,
    sumIf(owns.scroll_depth, NOT is_pair AND first = 1) AS scroll_depth,
    sumIf(owns.scroll_visits, NOT is_pair AND first = 1) AS scroll_visits,
    sumIf(owns.revenue_minor, if(is_pair, dim, first) = 6) AS revenue_minor
FROM
(
    SELECT
        site, day, bit, pageviews, events, engaged_ms, engaged_visits, scroll_depth, scroll_visits, revenue_minor,
        own_mask, own = 255 AS is_pair,
        if(is_pair, p_dims, arrayWithConstant(length(v_dims) + 1, own)) AS firsts,
        if(is_pair, p_vals, arrayWithConstant(length(v_dims) + 1, own_val)) AS first_vals,
        if(is_pair, p_other_dims, arrayPushFront(v_dims, 0)) AS dims,
        if(is_pair, p_other_vals, arrayPushFront(v_vals, '')) AS vals,
        if(is_pair, p_masks, arrayPushFront(v_masks, 18446744073709551615)) AS masks
    FROM event_facts
    ARRAY JOIN
        arrayConcat([0, 255], e_dims) AS own,
        arrayConcat(['', ''], e_vals) AS own_val,
        arrayConcat([18446744073709551615, 0], e_masks) AS own_mask
) AS owns
ARRAY JOIN firsts AS first, first_vals AS first_val, dims AS dim, vals AS val, masks AS mask
WHERE is_pair OR first != 0 OR (dim != 0 AND owns.events > 0)
GROUP BY site, day, dim_a, a, dim_b, b
HAVING visitors != 0 OR visits != 0 OR pageviews != 0 OR events != 0 OR engaged_ms != 0 OR engaged_visits != 0
    OR scroll_depth != 0 OR scroll_visits != 0 OR revenue_minor != 0
