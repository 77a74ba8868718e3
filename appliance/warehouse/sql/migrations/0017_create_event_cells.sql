-- Single cells of an event: in cells of the visit's attributes it adds pageviews and events only; in cells of its
-- own attributes also the visitor if no visit of the day had the value before, the visit if this one had not,
-- engagement and revenue. An engagement signal has its page only, which the visit has seen.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_cells TO cells_open AS
SELECT
    site,
    day,
    'day' AS grain,
    dim_a,
    a,
    toUInt8(0) AS dim_b,
    '' AS b,
    countIf(is_own AND mask_a = 0) AS visitors,
    countIf(is_own AND bitAnd(mask_a, bit) = 0) AS visits,
    sum(event_facts.pageviews) AS pageviews,
    sum(event_facts.events) AS events,
    sumIf(event_facts.engaged_ms, is_own) AS engaged_ms,
    sumIf(event_facts.engaged_visits, is_own) AS engaged_visits,
    sumIf(event_facts.scroll_depth, is_own) AS scroll_depth,
    sumIf(event_facts.scroll_visits, is_own) AS scroll_visits,
    sumIf(event_facts.revenue_minor, dim_a = 6) AS revenue_minor
FROM event_facts
ARRAY JOIN
    arrayConcat(v_dims, e_dims) AS dim_a,
    arrayConcat(v_vals, e_vals) AS a,
    arrayConcat(v_masks, e_masks) AS mask_a,
    arrayMap(position -> position > length(v_dims), arrayEnumerate(arrayConcat(v_dims, e_dims))) AS is_own
GROUP BY site, day, dim_a, a
