"""Tokens of the values of one batch: most are those of a few pages and sources, and come again and again."""

from appliance.anonymize.keyring import Keyring


class TokenMemo(dict[bytes, bytes]):
    """Messages to their tokens under one day key. Made for a batch and let go with it: it must not outlive the key.

    Its item look-up is a `visits.Token`.
    """

    def __init__(self, keys: Keyring, key_name: str) -> None:
        """Raises KeyGoneError."""
        super().__init__()
        self._token = keys.key(key_name).token

    def __missing__(self, message: bytes) -> bytes:
        token = self[message] = self._token(message)
        return token
