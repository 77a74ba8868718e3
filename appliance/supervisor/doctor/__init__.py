"""`appliance doctor`: looks at machine, engines, backlog, closes and deletions, and says what to do."""
