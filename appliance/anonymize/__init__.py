"""Turns a raw hit into a clean event: the only code that sees addresses, agents and keys."""
