"""How long a reader waits for the report of a large site's year in Chromium: `make bench-dashboard`, part of `bench`.

The year is that of `large_year`, and hits arrive meanwhile. A page is opened anew, with nothing in the browser's cache
and with everything, until headline and chart are drawn; then rows of lists are clicked, and their filters removed,
until headline and chart are drawn anew; then the report is printed, and saved as one file. Beside the times stands the
processor time of a click by process, which depends less on what else the machine does.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import argon2
from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench import queries
from tests.bench.figures import p95, say
from tests.bench.large_site import SITE
from tests.bench.made_day import DAY
from tests.bench.process_times import ProcessTimes
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.browser import chromium
from tests.kit.dashboard_page import log_in
from tests.kit.evidence_file import entries
from tests.kit.load import Load
from tests.kit.stats_client import await_true

_OPENED = 10
_ROWS = 9
_CONNECTIONS, _HITS_PER_SECOND = 4, 100
_OPEN_MS, _CLICK_MS = 1500, 1000
_PERIODS = ("Last 30 days", "Last 12 months")
_LISTS = ("Sources", "Pages")
_NOON = (DAY + 1) * 86_400.0 + 43_200
_PASSWORD = "correct horse"
_WINDOW = {"width": 1280, "height": 900}
_BOTH = "() => window.drawnAt && 'headline' in window.drawnAt && 'chart' in window.drawnAt"
_SETTLED = "() => performance.now() - window.lastDrawn > 500"
# When each element was drawn first since the page began to load, or since the last click: milliseconds. A frame later
# it is on the screen.
_WATCH = """
    window.drawnAt = {};
    window.since = window.lastDrawn = 0;
    const restart = () => { window.since = performance.now(); window.drawnAt = {}; };
    addEventListener('click', restart, true);
    new MutationObserver((changes) => requestAnimationFrame((now) => {
        for (const { target } of changes) {
            const box = target.nodeType === 1 && target.closest('.drawn');
            if (!box) continue;
            window.lastDrawn = performance.now();
            const kind = box.className.replace('drawn drawn-', '');
            const name = kind === 'panel' ? box.querySelector('h2')?.textContent : kind;
            const waits = kind === 'chart' ? !box.querySelector('svg') : box.querySelector('.waiting');
            if (name && !waits) window.drawnAt[name] ??= performance.now() - window.since;
        }
    })).observe(document, { childList: true, subtree: true });
"""


def main(arguments: list[str]) -> None:
    """Make a year, start the appliance on it, look at it; with `queries` ask what `tests.bench.queries` asks before."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        queries.make(Path(name))
        if "queries" in arguments:
            queries.ask(Path(name))
        measure(Path(name))


def measure(directory: Path) -> None:
    """Start the appliance on a made year, look at its report, and print how long it took."""
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(_PASSWORD)
    users = f'[[users]]\nname = "anna"\npassword_hash = "{hashed}"\n'
    site = Site(SITE.id, pages=SITE.pages)
    with (
        ApplianceProcess(directory, [site], at=_NOON, extra=users) as appliance,
        chromium() as browser,
        Load(appliance.ingest, SITE.id, _CONNECTIONS, _CONNECTIONS / _HITS_PER_SECOND),
    ):
        # Deletes nothing here, but looks at every row of the year: it does so in the first seconds, and then at night.
        await_true(lambda: _is_tidy(appliance), "old data are looked for", seconds=120)
        first = browser.new_context(viewport=_WINDOW)
        log_in(first, appliance.dashboard, "anna", _PASSWORD).wait_for_selector(".tile")
        login = first.storage_state()
        for period in _PERIODS:
            address = f"{appliance.dashboard}/?period={period.replace(' ', '+')}"
            _say_times(f"{period}, opened with an empty cache", _opened(browser, login, address), _OPEN_MS)
            context = _context(browser, login)
            _say_times(f"{period}, opened again", _opened_again(context, address), _OPEN_MS)
            _say_clicks(period, context, address, ProcessTimes(appliance))
            _say_taken_along(period, context, appliance.dashboard)
            context.close()


def _is_tidy(appliance: ApplianceProcess) -> bool:
    return any(entry["kind"] == "retention_done" for entry in entries(appliance.data_dir))


def _context(browser: Browser, login: object) -> BrowserContext:
    context = browser.new_context(viewport=_WINDOW, storage_state=login)  # type: ignore[arg-type]
    context.add_init_script(_WATCH)
    return context


def _opened(browser: Browser, login: object, address: str) -> Iterator[dict[str, float]]:
    for _ in range(_OPENED):
        context = _context(browser, login)
        yield from _opened_again(context, address, 1)
        context.close()


def _opened_again(context: BrowserContext, address: str, times: int = _OPENED) -> Iterator[dict[str, float]]:
    page = context.new_page()
    for _ in range(times):
        page.goto(address, wait_until="commit")
        yield _drawn(page)
    page.close()


def _drawn(page: Page) -> dict[str, float]:
    page.wait_for_function(_BOTH)
    drawn: dict[str, float] = page.evaluate("window.drawnAt")
    return drawn


def _say_clicks(period: str, context: BrowserContext, address: str, processes: ProcessTimes) -> None:
    page = context.new_page()
    page.goto(address)
    filtered, removed = [], []
    _lists_are_there(page)
    processes.start()
    for name in _LISTS:
        for row in range(_ROWS):
            page.wait_for_function(_SETTLED)
            page.get_by_role("table", name=name, exact=True).locator("button.name").nth(row).click()
            filtered.append(_drawn(page) | {"lists": _lists_are_there(page)})
            page.wait_for_function(_SETTLED)
            page.locator(".chip button").click()
            removed.append(_drawn(page) | {"lists": _lists_are_there(page)})
    spent = processes.each(len(filtered) + len(removed))
    page.close()
    _say_times(f"{period}, a row clicked", filtered, _CLICK_MS)
    _say_times(f"{period}, its filter removed", removed, _CLICK_MS)
    say("  processor time of each: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in spent.items()))


def _say_taken_along(period: str, context: BrowserContext, dashboard: str) -> None:
    """The printed report and the file of everything, the first time and the second."""
    asked = f"site={SITE.id}&period={period.replace(' ', '+')}"
    page = context.new_page()
    printed, saved = [], []
    for _ in range(2):
        started = time.monotonic()
        page.goto(f"{dashboard}/print?{asked}", wait_until="commit")
        page.get_by_role("heading", name="What the numbers mean").wait_for()
        printed.append(time.monotonic() - started)
        started = time.monotonic()
        context.request.get(f"{dashboard}/report.zip?{asked}", timeout=60_000).body()
        saved.append(time.monotonic() - started)
    page.close()
    for name, seconds in (("printed report", printed), ("everything as CSV", saved)):
        say(f"{period}, {name}: " + ", then ".join(f"{one:.1f} s" for one in seconds))


def _lists_are_there(page: Page) -> float:
    """Milliseconds until the lists in sight were drawn."""
    page.wait_for_function("names => names.every(name => name in window.drawnAt)", arg=list(_LISTS))
    last: float = page.evaluate("names => Math.max(...names.map(name => window.drawnAt[name]))", list(_LISTS))
    return last


def _say_times(name: str, drawn: Iterator[dict[str, float]] | list[dict[str, float]], target: int) -> None:
    seen = list(drawn)
    both = [max(one["headline"], one["chart"]) for one in seen]
    lists = [one["lists"] for one in seen if "lists" in one]
    said = f"; lists in sight {statistics.median(lists):.0f} / {p95(lists):.0f} ms" if lists else ""
    headline = statistics.median(one["headline"] for one in seen)
    say(
        f"{name}: headline and chart after {statistics.median(both):.0f} ms, 95 % {p95(both):.0f} ms "
        f"(target: {target} ms), headline alone {headline:.0f} ms{said}; {len(seen)} times"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
