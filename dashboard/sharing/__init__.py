"""Shared links: a report for whoever has its address, without a login."""
