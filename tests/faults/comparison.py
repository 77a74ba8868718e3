"""Compares what an appliance has counted with the ledger: its answers while it runs, its tables when it is stopped."""

from collections.abc import Callable, Sequence
from datetime import date

import httpx

from appliance.privacy.chain import walk
from tests.faults import stored
from tests.faults.expected import Cells, Expected, Numbers
from tests.faults.traffic import Traffic
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.stats_client import StatsClient, await_equal, await_true

_METRICS = ("visitors", "visits", "pageviews")
_COUNTED_SECONDS = 60.0


class Comparison:
    """Fails with what is different."""

    def __init__(
        self,
        appliance: ApplianceProcess,
        traffic: Traffic,
        sites: Sequence[Site],
        is_kept: Callable[[str, date], bool],
    ) -> None:
        """`is_kept` says of a site and a day whether its numbers must still be there."""
        self._appliance = appliance
        self._traffic = traffic
        self._sites = sites
        self._is_kept = is_kept

    def with_answers(self) -> None:
        """Totals, pages and entry pages of every day, as the stats API gives them."""
        with StatsClient(self._appliance.stats, self._appliance.keys["reader"]) as stats:
            await_true(lambda: _answers(stats), "the stats API answers", _COUNTED_SECONDS)
            for expected in self._expected():
                for day in expected.days():
                    self._compare_day(stats, expected, day)

    def _compare_day(self, stats: StatsClient, expected: Expected, day: date) -> None:
        def ask(dimension: str, metrics: tuple[str, ...] = _METRICS) -> dict[tuple[str, ...], tuple[object, ...]]:
            dimensions = [dimension] if dimension else []
            table = stats.table(expected.site, [day.isoformat()] * 2, dimensions, metrics)
            return {labels: tuple(row.values()) for labels, row in table.items()}

        about = f"{expected.site} {day}"
        if not self._is_kept(expected.site, day):
            await_equal(lambda: ask(""), {(): (0, 0, 0)}, f"{about}, totals after its limit", _COUNTED_SECONDS)
            return
        await_equal(lambda: ask(""), {(): expected.totals(day)}, f"{about}, totals", _COUNTED_SECONDS)
        await_equal(lambda: ask("event:page"), expected.pages(day), f"{about}, pages", _COUNTED_SECONDS)
        entries = {cell: numbers[:2] for cell, numbers in expected.entries(day).items()}
        await_equal(lambda: ask("visit:entry_page", _METRICS[:2]), entries, f"{about}, entry pages", _COUNTED_SECONDS)

    def with_tables(self) -> int:
        """Totals of every day, cells of the last one with pairs among them, outcomes, chain of the evidence.

        The appliance has to be stopped. Returns the number of cells.
        """
        found = stored.read(self._appliance.config)
        for expected in self._expected():
            outcomes = {name: hits for site, name, hits in found["outcomes"] if site == expected.site}
            assert outcomes.get("accepted", 0) == expected.hits, (expected.site, outcomes, expected.hits)
            for day in filter(lambda day, site=expected.site: self._is_kept(site, day), expected.days()):
                totals = _cells(found["cells"], expected.site, day)[0, 0]
                _require_same(totals, {("", ""): expected.totals(day)}, f"{expected.site} {day}, stored totals")
            _compare_cells(_cells(found["cells"], expected.site, expected.days()[-1]), expected)
        bots = sum(hits for _, name, hits in found["outcomes"] if name == "bot")
        assert bots <= self._traffic.bots, f"{bots} dropped hits are counted, and only {self._traffic.bots} were sent"
        verdict = walk((self._appliance.data_dir / "evidence.jsonl").read_bytes().splitlines())
        assert verdict.broken_at is None, f"the chain of the evidence breaks at line {verdict.broken_at}"
        return len(found["cells"])

    def _expected(self) -> list[Expected]:
        return [Expected(site.id, site.timezone, self._traffic.taken) for site in self._sites]


def _compare_cells(cells: dict[tuple[int, int], Cells], expected: Expected) -> None:
    day = expected.days()[-1]
    for dimensions, wanted in (
        ((stored.PAGE, stored.NONE), {(*cell, ""): numbers for cell, numbers in expected.pages(day).items()}),
        ((stored.ENTRY, stored.NONE), {(*cell, ""): numbers for cell, numbers in expected.entries(day).items()}),
        ((stored.PAGE, stored.BROWSER), expected.pages_by_browser(day)),
        ((stored.ENTRY, stored.BROWSER), expected.entries_by_browser(day)),
    ):
        names = [dimension.name for dimension in dimensions]
        _require_same(cells.get(dimensions, {}), wanted, f"{expected.site} {day}, stored cells of {names}")


def _answers(stats: StatsClient) -> bool:
    try:
        return stats.get("/health/started").status_code == 200
    except httpx.TransportError:
        return False


def _cells(rows: list[list[str | int]], site: str, day: date) -> dict[tuple[int, int], Cells]:
    found: dict[tuple[int, int], Cells] = {}
    for of_site, of_day, dim_a, a, dim_b, b, *numbers in rows:
        if (of_site, of_day) == (site, day.isoformat()):
            found.setdefault((int(dim_a), int(dim_b)), {})[str(a), str(b)] = Numbers(*map(int, numbers))
    return found


def _require_same(found: Cells, wanted: Cells, about: str) -> None:
    wrong = {
        cell: (found.get(cell), wanted.get(cell)) for cell in {**found, **wanted} if found.get(cell) != wanted.get(cell)
    }
    assert not wrong, f"{about}: found and expected differ: {wrong}"
