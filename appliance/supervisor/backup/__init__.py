"""Backups: what is in one, how it is written, checked and read."""
