"""Errors that cross module borders. The tree:

    ApplianceError
    ├── SettingsError       the configuration is wrong; the message names key, value and what is allowed
    ├── StartError          the machine refuses: port taken, directory unwritable, second appliance
    ├── UnavailableError    an engine is away or full; trying again later can succeed
    ├── RejectedError      ClickHouse will never take these rows; never retryable
    ├── KeyGoneError        the key of that day was destroyed or lost; never retryable
    ├── LeaseLostError      another worker owns the shard
    └── QueryError          a question that the stats API cannot answer, with the reason for the asker

Dropping a hit is not an error: see `appliance.outcomes`.
"""


class ApplianceError(Exception):
    """Base of all errors of the appliance. The text is one sentence for the operator."""

    retryable = False


class SettingsError(ApplianceError):
    """The configuration file cannot be used."""


class StartError(ApplianceError):
    """A part cannot start on this machine as configured."""


class UnavailableError(ApplianceError):
    """Redis or ClickHouse did not take the write; the same write can succeed later."""

    retryable = True


class RejectedError(ApplianceError):
    """ClickHouse will never take these rows, however often they are sent.

    `was_sent`: ClickHouse itself refused them, so some of what it makes of them may be there.
    """

    def __init__(self, text: str, *, was_sent: bool) -> None:
        super().__init__(text)
        self.was_sent = was_sent


class KeyGoneError(ApplianceError):
    """The day key asked for does not exist any more; what it sealed is noise."""


class LeaseLostError(ApplianceError):
    """The shard belongs to another worker now."""


class QueryError(ApplianceError):
    """The stats API answers 400 with this text."""
