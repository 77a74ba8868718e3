"""The manifest of a backup: what made it, what is in it, with the hash of every file, and what was left out.

It stands last in the archive, so an archive without one was cut off.
"""

import hashlib
import re
from datetime import date

import msgspec

from appliance.errors import StartError

NAME = "manifest.json"
EVIDENCE = "evidence.jsonl"
FORMAT = 1
_MEMBER = re.compile(r"manifest\.json|evidence\.jsonl|counters/([a-z_]+)/\d{4}-\d{2}\.native\.gz")


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the archive."""

    sha256: str
    bytes: int


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chain of the evidence log as it was copied."""

    entries: int
    head: str
    """Hash of the last line that fits."""
    broken_at: int | None


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day of a site."""

    site: str
    day: date


class Migration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the schema that had been applied."""

    name: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a restore has to know, and to check."""

    appliance: str
    """Version that made it."""
    taken_at: str
    """ISO 8601, UTC, by the clock of the appliance."""
    schema: list[Migration]
    evidence: Evidence
    files: dict[str, File]
    closed_days: int
    sites: list[str]
    not_closed: list[Day]
    """Days that were running or not closed yet: nothing of them is in here."""
    format: int = FORMAT

    @property
    def schema_number(self) -> str:
        """Number of the last migration, `0000` if there is none."""
        return self.schema[-1].name[:4] if self.schema else "0000"


class _Format(msgspec.Struct):
    format: int


def encode(manifest: Manifest) -> bytes:
    """As it stands in the archive."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def decode(content: bytes) -> Manifest:
    """Read one; raises StartError for one of a newer format or none at all."""
    try:
        number = msgspec.json.decode(content, type=_Format).format
        if number > FORMAT:
            raise StartError(f"the backup has format {number}; this version reads {FORMAT}: use a newer one")
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StartError(f"the backup's {NAME} is damaged, or of another version ({type(error).__name__})") from None


def kind_of(name: str) -> str | None:
    """Kind of counters that a file holds; "" for manifest and evidence, None for a name that no backup has."""
    found = _MEMBER.fullmatch(name)
    return None if found is None else found.group(1) or ""


def counters_name(kind: str, month: str) -> str:
    """Name of the file of one kind and month."""
    return f"counters/{kind}/{month}.native.gz"


new_hash = hashlib.sha256
"""What the hashes of files are."""


def sha256(content: bytes) -> str:
    """In hex."""
    return new_hash(content).hexdigest()
