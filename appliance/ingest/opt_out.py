"""`/privacy/optout`: shows whether this browser refused to be counted, and lets it refuse or come back.

A request comes in, a page or a redirect goes out. Nothing is counted or remembered here: the choice lives in a cookie
with a constant value. Refusing is harmless, so any page may ask for it; coming back only this page may.
"""

import hashlib
from base64 import b64encode
from typing import Any

from appliance.ingest import answers
from appliance.ingest.answers import Answer, answer
from appliance.ingest.body import BodyTooLargeError, ClientGoneError, Receive, read_body
from appliance.ingest.boundary import strip
from consent.optout import CLEAR_FLAG, RESUME, SET_FLAG, STYLE, page
from consent.signals import read_signals

PATH = "/privacy/optout"
_HTML = b"text/html; charset=utf-8"
_STYLE = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE}'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
_SAFE = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"vary", b"Cookie"),
)
_PAGES = {state: answer(200, page(opted_out=state), _HTML, _SAFE) for state in (True, False)}
# The script that the browser has in its cache still counts: it has to be asked for again.
_BACK = ((b"location", PATH.encode()), (b"clear-site-data", b'"cache"'))
_REFUSED = answer(303, headers=(*_BACK, (b"set-cookie", SET_FLAG.encode())))
_RESUMED = answer(303, headers=(*_BACK, (b"set-cookie", CLEAR_FLAG.encode())))
_FORBIDDEN = answer(403, b"only the page itself can do this")


async def opt_out_answer(scope: dict[str, Any], receive: Receive) -> Answer | None:
    """Answer to GET, HEAD and POST; None when the client went away.

    Privacy: of the request only the flag and Sec-Fetch-Site are looked at.
    """
    headers, method = scope["headers"], scope["method"]
    opted_out = read_signals(headers).opted_out
    same_origin = (b"sec-fetch-site", b"same-origin") in headers
    strip(scope)
    if method in ("GET", "HEAD"):
        found = _PAGES[opted_out]
        return found if method == "GET" else found._replace(body=found.body | {"body": b""})
    if method != "POST":
        return answers.method_not_allowed(b"GET, HEAD, POST")
    try:
        body = await read_body(receive, None)
    except BodyTooLargeError:
        return answers.TOO_LARGE
    except ClientGoneError:
        return None
    if body.strip() != RESUME:
        return _REFUSED
    return _RESUMED if same_origin else _FORBIDDEN
