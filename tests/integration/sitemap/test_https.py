"""Over real TLS: the certificate is that of the name, wherever the address came from, and no redirect is followed."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from appliance.sitemap.fetch import Fetcher
from appliance.sitemap.read import SitemapError
from tests.kit.certificates import make_certificate

HOST = "sitemap.example"


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        if self.path == "/moved.xml":
            self.send_response(301)
            self.send_header("Location", f"https://{HOST}/sitemap.xml")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = f"{self.headers['Host'].partition(':')[0]} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the name, not for the address."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "both.pem", HOST)


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(certificate: Path) -> Iterator[httpx.Client]:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with httpx.Client(verify=trusting, follow_redirects=False, trust_env=False) as client:
        yield client


def fetcher(client: httpx.Client) -> Fetcher:
    return Fetcher(client, lambda _host, _port: ["127.0.0.1"], lambda _address: True)


def test_the_name_is_asked_for_at_the_address(client: httpx.Client, port: int) -> None:
    assert fetcher(client).fetch(f"https://{HOST}:{port}/sitemap.xml") == f"{HOST} /sitemap.xml".encode()


def test_a_certificate_of_another_name_is_refused(client: httpx.Client, port: int) -> None:
    with pytest.raises(SitemapError, match="ConnectError"):
        fetcher(client).fetch(f"https://other.example:{port}/sitemap.xml")


def test_a_redirect_is_refused(client: httpx.Client, port: int) -> None:
    with pytest.raises(SitemapError, match="leads elsewhere"):
        fetcher(client).fetch(f"https://{HOST}:{port}/moved.xml")


def test_loopback_is_refused_without_the_hook(client: httpx.Client, port: int) -> None:
    with pytest.raises(SitemapError, match="inside a network"):
        Fetcher(client, lambda _host, _port: ["127.0.0.1"]).fetch(f"https://{HOST}:{port}/sitemap.xml")
