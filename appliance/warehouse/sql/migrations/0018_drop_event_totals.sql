-- Made anew by the next file: a fact need not be an event any more.
DROP VIEW IF EXISTS event_totals
