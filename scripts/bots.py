"""Writes appliance/anonymize/data/bots.txt from the list of the Python package `crawler-user-agents`.

`python scripts/bots.py crawler-user-agents.json` takes the patterns and leaves out what people's browsers, phones
and in-app browsers carry too. Change the version in data/ORIGIN.md afterwards and run the tests.
"""

import json
import sys
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "appliance" / "anonymize" / "data" / "bots.txt"

LEFT_OUT = {
    # Names and builds of phones and tablets
    r"AP3A\.240617\.008": "an Android 15 build that runs on many phones",
    "Butterfly": "HTC Butterfly",
    "Sonic": "ViewSonic",
    "Fever": "Archos Fever, Wiko Fever",
    r"008\/": "end of version numbers, as in Opera Mini/4.4.39008/37",
    # Browsers, and apps that show pages in a browser of their own
    "Fluid": "a browser for single sites",
    r"Freespoke\/": "a browser",
    "Swisscows": "a browser",
    "Sogou": "browsers and an app of Sogou; its spiders are in our own rules",
    r"mail\.ru": "browsers and an app of Mail.ru; Mail.RU_Bot is on the list",
    r"Tumblr\/": "app",
    r"Instapaper\/": "app",
    r"Notion\/": "app",
    r"PayPal\/": "app",
    r"Asana\/": "app",
    r"Grammarly\/": "app",
    r"upday\/": "app",
    r"Bluesky\/": "app",
    "Goodreads": "app",
    "Tweakers": "app",
    "Hatena": "app",
    "Blackboard": "app",
    "GoPay": "app",
    "NextCloud": "app",
    "CapitalOneShopping": "app",
    r"Code\/1\.": "the page view of an editor",
    r"RED\/": "end of other names, as in WIRED/3",
    r"NING\/": "end of other names",
    r"BW\/": "end of other names",
    "okhttp": "library of Android apps: the app of a person, not a robot",
    # Common words and short strings that may stand in a name tomorrow
    "speedy": "speed mark of an Android mail app",
    "ds9": "three letters",
    "linko": "part of other words",
    "Nitro-": "a word",
    "Trove": "a word",
    "Magellan": "navigation devices",
    "Charlotte": "a name",
    "Adventurer": "a word",
    "fluffy": "a word",
    "Devin": "a name; our own rules have Devin/",
    r"Make\/": "end of other names",
    r"Operator\/": "end of other names",
    "Odin;": "a name",
    "Watchful": "a word",
    "Viber": "app",
}
"""Pattern of the list and why it is left out."""


def main(arguments: list[str]) -> int:
    """Write the file; the result is the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: bots.py crawler-user-agents.json\n")
        return 2
    listed = [str(entry["pattern"]) for entry in json.loads(Path(arguments[0]).read_text(encoding="utf-8"))]
    gone = sorted(set(LEFT_OUT) - set(listed))
    if gone:
        sys.stderr.write(f"no longer on the list, remove them from LEFT_OUT: {', '.join(gone)}\n")
        return 1
    # The Rust engine has no "\/"; a slash needs no mark.
    kept = [pattern.replace(r"\/", "/") for pattern in listed if pattern not in LEFT_OUT]
    LIST.write_text("".join(f"{pattern}\n" for pattern in kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
