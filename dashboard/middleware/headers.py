"""Security headers on every HTTP response, ours and Streamlit's.

The policy is the tightest one under which Streamlit 1.67 works in Chromium 156. Scripts: files of our own
origin only; charts use Vega's interpreter, so no 'unsafe-eval' (protobuf.js tries `eval` once and goes on
without it). Styles: the frontend makes style elements without text and fills them through the object model,
which the hash of the empty text allows, and one constant element of its widget library; no 'unsafe-inline'.
"""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.sharing.address import EMBEDDED

_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_WIDGET_STYLE = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"
"""`@layer { [data-react-aria-pressable] { touch-action: … } }` of react-aria."""

_NO_FRAMES = "frame-ancestors 'none'"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        f"style-src 'self' {_EMPTY_STYLE} {_WIDGET_STYLE}",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        _NO_FRAMES,
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Other hosts learn nothing. Not "no-referrer": with that, browsers send `Origin: null` with our own
    # login form, and the origin check would refuse it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex",
}


class SecurityHeaders:
    """Adds `SECURITY_HEADERS` and takes away what opens the responses to other origins.

    Args:
        app: what answers.
        embed_origins: may show in a frame what lies below `/embed/`; nobody else may, and nothing else.
    """

    def __init__(self, app: ASGIApp, embed_origins: Sequence[str] = ()) -> None:
        self._app = app
        self._framed = {name: value for name, value in SECURITY_HEADERS.items() if name != "X-Frame-Options"}
        self._framed["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
            _NO_FRAMES, " ".join(("frame-ancestors", *embed_origins))
        )
        self._has_frames = bool(embed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers added to the start of a response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        may_frame = self._has_frames and scope["path"].startswith(f"/{EMBEDDED}/")
        added = self._framed if may_frame else SECURITY_HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                del headers["Access-Control-Allow-Origin"]
                del headers["Server"]
                for name, value in added.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)
