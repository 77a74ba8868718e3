"""Outcomes of hits in plain words: what each means, and which setting or person decides it. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from appliance.outcomes import Outcome


class Words(NamedTuple):
    """Of one outcome."""

    meaning: str
    decided_by: str
    """A setting, a browser, or the appliance itself."""


WORDS: Mapping[Outcome, Words] = {
    Outcome.ACCEPTED: Words("Counted.", ""),
    Outcome.UNKNOWN_SITE: Words("The configuration has no such site.", "[[sites]] id, and data-domain of the tag"),
    Outcome.WRONG_HOST: Words("The page's host is not one of the site's.", "[[sites]] hostnames"),
    Outcome.BOT: Words("A program sent it, by its user agent.", "The list of robots; it has no setting"),
    Outcome.PREFETCH: Words("The browser fetched or drew the page ahead of time.", "The browser (Sec-Purpose)"),
    Outcome.OPTED_OUT: Words("The visitor refused on the page /privacy/optout.", "The visitor (cookie cl_optout)"),
    Outcome.GPC: Words("The browser sends Global Privacy Control.", "The visitor's browser (Sec-GPC)"),
    Outcome.DNT: Words("The browser sends Do Not Track.", "The visitor's browser (DNT)"),
    Outcome.NO_CONSENT: Words("The site asks for consent and there is none.", "The site"),
    Outcome.INVALID: Words("It cannot be read, or a field is wrong.", "The sender"),
    Outcome.TOO_LARGE: Words("It has more than 64 KiB.", "The sender"),
    Outcome.RATE_LIMITED: Words("Too many hits at a time, or too many new visitors of one network.", "[limits]"),
    Outcome.BLOCKED: Words("A shield covers it, or its referrer is spam.", "[shields] and [sites.shields]"),
    Outcome.DUPLICATE: Words("The same hit again, under the same event id.", "The sender, which tried again"),
    Outcome.LATE: Words("Its day was closed already.", "The clock, or a long outage"),
    Outcome.NO_VISIT: Words("It tells of the end of a page, and no visit is open.", "[visits] timeout_seconds"),
    Outcome.UNSUPPORTED: Words("Its body is compressed.", "The sender"),
}

SHIELDS: Mapping[str, str] = {
    "addresses": "shields.addresses covers the address",
    "countries": "shields.countries has the country of the address",
    "pages": "shields.pages covers the page",
    "hostnames": "shields.hostnames covers the host",
    "spam": "the list of referrer spam has the referrer; it has no setting",
}
"""What blocks a hit."""
