"""Turns queued events into visits and facts, one visitor's day at a time, and ends the day."""
