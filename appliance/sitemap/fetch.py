"""Fetches a sitemap from the one host that the operator named, and from nowhere inside the operator's network.

The name is resolved once, every address is checked, and the connection goes to the checked address, so a name that
changes its mind in between leads nowhere else; the certificate is checked against the name. Redirects are refused.
"""

import ipaddress
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from appliance.sitemap.read import MAX_BYTES, SitemapError

_TIMEOUT_SECONDS = 10.0
_WHOLE_SECONDS = 60.0
_HTTPS_PORT = 443
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses in which an IPv4 address is hidden: NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380).
_TUNNELS = tuple(ipaddress.IPv6Network(network) for network in ("64:ff9b::/96", "2002::/16", "2001::/32"))


def is_public(address: str) -> bool:
    """Whether an address is out in the internet: not private, loopback, link-local, shared, reserved or a tunnel.

    >>> is_public("8.8.8.8"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    parsed: _IPAddress = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        elif any(parsed in network for network in _TUNNELS):
            return False
    return parsed.is_global and not parsed.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as this machine resolves it; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Fetcher:
    """Fetches over https; see the module. Blocks its thread for at most a minute per file, and some seconds."""

    def __init__(
        self,
        client: httpx.Client,
        resolver: Callable[[str, int], list[str]] = resolve,
        allows: Callable[[str], bool] = is_public,
    ) -> None:
        """Wire it; tests pass a resolver and a rule of their own.

        Args:
            client: must not follow redirects and must not read proxies from the environment, see `make_client`.
            allows: which addresses may be connected to.
        """
        self._client = client
        self._resolve = resolver
        self._allows = allows

    def fetch(self, url: str) -> bytes:
        """The content of one address, as it was sent.

        Raises:
            SitemapError: not reachable, not allowed, not 200, too large or too slow.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _HTTPS_PORT
        except ValueError:
            raise SitemapError("it is no address") from None
        if parts.scheme != "https" or not host or parts.username is not None:
            raise SitemapError("only https:// addresses without a user are fetched")
        address = self._checked_address(host, port)
        target = httpx.URL(url).copy_with(host=address, port=port, fragment=None)
        named = f"[{host}]" if ":" in host else host
        headers = {"host": named if port == _HTTPS_PORT else f"{named}:{port}", "accept-encoding": "identity"}
        request = self._client.build_request("GET", target, headers=headers, extensions={"sni_hostname": host})
        request.extensions["timeout"] = httpx.Timeout(_TIMEOUT_SECONDS).as_dict()
        try:
            response = self._client.send(request, stream=True)
            try:
                return _body(response)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SitemapError(f"it cannot be fetched ({type(error).__name__})") from None

    def _checked_address(self, host: str, port: int) -> str:
        try:
            addresses = self._resolve(host, port)
            refused = [address for address in addresses if not self._allows(address)]
        except (OSError, ValueError):
            raise SitemapError("its host has no address") from None
        if refused or not addresses:
            raise SitemapError("its host has an address inside a network, which is not fetched from")
        return addresses[0]


def make_client() -> httpx.Client:
    """A client that does what it is told and nothing else."""
    return httpx.Client(follow_redirects=False, trust_env=False, headers={"user-agent": "appliance-sitemap"})


def read_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        SitemapError: it cannot be read, is no regular file, or is too large.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SitemapError("it is not a regular file")
        if found.st_size > MAX_BYTES:
            raise SitemapError(f"it has more than {MAX_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise SitemapError(f"it cannot be read ({error.strerror})") from None


def _body(response: httpx.Response) -> bytes:
    if response.is_redirect or 300 <= response.status_code < 400:
        raise SitemapError("it leads elsewhere; name the address that it leads to")
    if response.status_code != 200:
        raise SitemapError(f"it was answered with {response.status_code}")
    deadline = time.monotonic() + _WHOLE_SECONDS
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise SitemapError(f"it has more than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise SitemapError(f"it took longer than {_WHOLE_SECONDS:.0f} seconds")
    return bytes(body)
