"""Redis: the queue of sealed events, sealed profiles of the day, the outbox of sealed facts. All with an end."""
