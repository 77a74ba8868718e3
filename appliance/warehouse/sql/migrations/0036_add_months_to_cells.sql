-- Sums of the days of each month beside the days in the same parts: what merges, deletes or rewrites days does so here.
-- The last column is the visits of cells that have lost their side counters (fold/singles.py).
ALTER TABLE cells ADD PROJECTION IF NOT EXISTS by_month
(
    SELECT
        site, grain, dim_a, dim_b, a, b, toStartOfMonth(day),
        sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed), sum(bounces), sum(duration_ms),
        sum(engaged_ms), sum(engaged_visits), sum(scroll_depth), sum(scroll_visits), sum(revenue_minor),
        sumIf(visits, events = 0)
    WHERE grain = 'day'
    GROUP BY site, grain, dim_a, dim_b, a, b, toStartOfMonth(day)
)
