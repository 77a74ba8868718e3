-- visitors_hour is 1 in the visitor's first event of the hour. Engagement signals bring nothing here.
CREATE MATERIALIZED VIEW IF NOT EXISTS event_totals TO totals_hour AS
SELECT
    site,
    day,
    hour,
    sum(event_facts.pageviews) AS pageviews,
    sum(event_facts.events) AS events,
    sum(event_facts.visitors_hour) AS visitors_hour
FROM event_facts
WHERE event_facts.events > 0
GROUP BY site, day, hour
