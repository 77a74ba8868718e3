"""The counters: ClickHouse, embedded or as a server, from the facts of the outbox to closed days.

`client` is the only module that knows the client library. Everything else speaks to its two classes: `WriteClient`
for the writer, the migrations and the close, `Reader` for questions, which can neither write nor leave the database.
"""
