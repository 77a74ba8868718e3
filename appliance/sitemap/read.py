"""Reads one sitemap, XML or plain text, gzipped or not, within the limits of https://www.sitemaps.org/protocol.html.

A document type declaration is refused at its first character: without one there is no entity, neither one that grows
nor one that reads a file. Pure.
"""

import zlib
from typing import NamedTuple
from xml.parsers import expat

from appliance.errors import ApplianceError

MAX_BYTES = 52_428_800
"""Of one file, unpacked."""
MAX_ADDRESSES = 50_000
"""In one file; of a site, too."""
_MAX_DEPTH = 16
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib: largest window, gzip header expected


class SitemapError(ApplianceError):
    """A sitemap that is not used, with the reason for the operator."""


class Sitemap(NamedTuple):
    """What one file lists."""

    pages: list[str]
    sitemaps: list[str]
    """Other files, if this one is an index."""


def read(content: bytes) -> Sitemap:
    """Read a file.

    Raises:
        SitemapError: too large, damaged, or no sitemap.
    """
    text = _unpacked(content).removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return _read_xml(text)
    return Sitemap(_read_lines(text), [])


def _unpacked(content: bytes) -> bytes:
    if content.startswith(_GZIP):
        unpacking = zlib.decompressobj(_GZIP_WINDOW)
        try:
            content = unpacking.decompress(content, MAX_BYTES + 1)
        except zlib.error:
            raise SitemapError("it is damaged: not a whole gzip file") from None
        if len(content) <= MAX_BYTES and not unpacking.eof:
            raise SitemapError("it is damaged: not a whole gzip file")
    if len(content) > MAX_BYTES:
        raise SitemapError(f"it has more than {MAX_BYTES:,} bytes")
    return content


def _read_lines(text: bytes) -> list[str]:
    try:
        lines = [line.strip() for line in text.decode("utf-8").splitlines()]
    except UnicodeDecodeError:
        raise SitemapError("it is neither XML nor a list of addresses in UTF-8") from None
    addresses = [line for line in lines if line]
    if not addresses or not all(line.startswith(("https://", "http://")) for line in addresses):
        raise SitemapError("it is neither XML nor a list of addresses")
    if len(addresses) > MAX_ADDRESSES:
        raise _too_many()
    return addresses


def _read_xml(text: bytes) -> Sitemap:
    reader = _XmlReader()
    try:
        reader.parser.Parse(text, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise SitemapError("it is damaged: not well-formed XML") from None
    if reader.root not in ("urlset", "sitemapindex"):
        raise SitemapError("it is XML, but no sitemap")
    is_index = reader.root == "sitemapindex"
    return Sitemap([], reader.found) if is_index else Sitemap(reader.found, [])


class _XmlReader:
    """Collects the text of `loc` two levels below the root; extensions have theirs further down."""

    def __init__(self) -> None:
        self.root = ""
        self.found: list[str] = []
        self._names: list[str] = []
        self._text: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_declaration
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take

    def _refuse_declaration(self, *_: object) -> None:
        raise SitemapError("it has a document type declaration, which sitemaps do not need")

    def _start(self, name: str, _attributes: object) -> None:
        local = name.rpartition(" ")[2]
        self._names.append(local)
        if len(self._names) > _MAX_DEPTH:
            raise SitemapError("it is XML, but no sitemap")
        if len(self._names) == 1:
            self.root = local
        if self._names[1:] in (["url", "loc"], ["sitemap", "loc"]):
            self._text = []

    def _end(self, _name: str) -> None:
        self._names.pop()
        if self._text is None:
            return
        self.found.append("".join(self._text).strip())
        self._text = None
        if len(self.found) > MAX_ADDRESSES:
            raise _too_many()

    def _take(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _too_many() -> SitemapError:
    return SitemapError(f"it lists more than {MAX_ADDRESSES:,} addresses; declare patterns in 'pages' instead")
