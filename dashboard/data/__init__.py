"""Static tables; where they come from stands in ORIGIN.md."""
