"""Settings of all tests."""

from hypothesis import settings

# Machines are shared and slow at times, and a run that fails must fail again the same way.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
