"""uvicorn's HTTP connection with what it leaves open closed.

Header-like lines behind a chunked body (trailers, RFC 9112 §7.1.2) are read and thrown away. uvicorn adds them to the
headers of the request, behind those of the proxy: a client could name its own address in an `X-Forwarded-For` there.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    def on_headers_complete(self) -> None:
        """The request line and its headers have been read."""
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self.headers = []  # the application has the other list
