-- Every fact is one event; visitors_hour is 1 in the visitor's first fact of the hour.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_totals TO totals_hour AS
SELECT
    site,
    day,
    hour,
    sum(event_facts.pageviews) AS pageviews,
    count() AS events,
    sum(event_facts.visitors_hour) AS visitors_hour
FROM event_facts
GROUP BY site, day, hour
