"""What all sections of the configuration file have in common."""

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section in which an unknown key is an error."""
