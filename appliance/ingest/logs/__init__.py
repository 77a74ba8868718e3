"""Server logs: read, filtered by rule, turned into hits. Addresses and agents stay in `ingest` and `anonymize`."""
