"""The page on which a visitor says no, or takes it back, without JavaScript: texts and cookies. Pure.

A lasting refusal cannot live on the server: tags change daily, and a list of refusals would need an identifier. So
the device keeps it, as a constant that tells nobody apart. Owners who want to leave out their own visits use it, too.
"""

from consent.signals import OPT_OUT_FLAG

_SECONDS = 395 * 24 * 3600
"""13 months, the longest life that CNIL's guidelines of 2020-09-17 give to such a choice (§52)."""
_COMMON = "Path=/; SameSite=Lax; HttpOnly"

SET_FLAG = f"{OPT_OUT_FLAG}=1; Max-Age={_SECONDS}; {_COMMON}"
"""Set-Cookie that keeps the refusal."""
CLEAR_FLAG = f"{OPT_OUT_FLAG}=; Max-Age=0; {_COMMON}"
"""Set-Cookie that takes it back."""

RESUME = b"choice=count"
"""Body of the form that takes the refusal back."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; }
button { font: inherit; padding: .5rem 1rem; cursor: pointer; }
"""
"""The page's only style, for the hash in a content security policy."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Visit counting on this device</title>
<style>{style}</style>
</head>
<body>
<h1>Visit counting on this device</h1>
<p role="status"><strong>{state}</strong></p>
<p>{explanation}</p>
<form method="post" action="/privacy/optout">
<button name="choice" value="{choice}">{button}</button>
</form>
<p>Your choice is kept in one cookie, <code>{flag}=1</code>, for 13 months at most. It is the same for everybody and
holds no identifier. Deleting your cookies deletes it.</p>
</body>
</html>
"""


def page(*, opted_out: bool) -> bytes:
    """The page in the state that the device is in; UTF-8 HTML without any script or outside reference.

    >>> b"not counted" in page(opted_out=True), b"not counted" in page(opted_out=False)
    (True, False)
    """
    if opted_out:
        state, button, choice = "Visits from this browser are not counted.", "Count my visits again", "count"
        explanation = "The counting script that your browser gets from here does nothing."
    else:
        state, button, choice = "Visits from this browser are counted.", "Do not count my visits", "refuse"
        explanation = "They are counted without cookies, and nothing that tells you apart is kept longer than the day."
    return _PAGE.format(
        style=STYLE, state=state, explanation=explanation, choice=choice, button=button, flag=OPT_OUT_FLAG
    ).encode()
