"""Knows hosts that stand in referrers only so that somebody looks them up.

The list in data/spam.txt has hosts that were made for nothing else: a host that people really come from is never on it,
whatever is said of its owner.
"""

from importlib.resources import files

_HOSTS = frozenset((files("appliance.anonymize") / "data/spam.txt").read_text(encoding="utf-8").split())


def is_spam(referrer: str) -> bool:
    """Whether a referring host, or one above it, is on the list.

    >>> is_spam("forum.topic47.darodar.com"), is_spam("notdarodar.com"), is_spam("")
    (True, False, False)
    """
    host = referrer
    while host:
        if host in _HOSTS:
            return True
        host = host.partition(".")[2]
    return False
