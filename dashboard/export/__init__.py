"""Everything that the report shows as one file."""
