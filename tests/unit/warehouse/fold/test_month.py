"""What a month shows of what its days hide, and what somebody with a solver finds out about the rest."""

import random
from collections.abc import Sequence

import pytest

from appliance.dimensions import Dimension
from appliance.warehouse.fold import carried as carried_module
from appliance.warehouse.fold import month as month_module
from appliance.warehouse.fold.carried import Role
from tests.kit.day_cells import NONE, Cell, DayCells, Visit
from tests.kit.month_attack import bounds_of_small_numbers
from tests.kit.month_cells import MonthCells

D = Dimension
K = 5


def crowd(size: int, first: int = 0, **attributes: str) -> list[Visit]:
    named = {D[name.upper()]: value for name, value in attributes.items()}
    return [Visit(first + number, attributes=named) for number in range(size)]


def days(*days: Sequence[Visit]) -> MonthCells:
    return MonthCells([DayCells(visits) for visits in days])


def single(value: str, dimension: Dimension = D.SOURCE) -> Cell:
    return (dimension, value, NONE, "")


BIG = [*crowd(20, 0, source="big.example"), *crowd(20, 30, source="large.example")]
OTHERS = [*crowd(3, 60, source="x.example"), *crowd(3, 70, source="y.example")]


def test_a_value_that_every_day_hides_is_shown_by_the_month() -> None:
    month = days(*[[*BIG, *OTHERS, *crowd(3, 80, source="small.example")]] * 4)
    assert single("small.example") not in month.shown_by_day[0]
    row = month.shown[single("small.example")]
    assert (row["visitors"], row["visits"], row["pageviews"]) == (12, 12, 12)


def test_a_value_of_two_days_is_not_shown() -> None:
    few = [*BIG, *OTHERS]
    with_value = [*few, *crowd(4, 80, source="small.example")]
    assert single("small.example") not in days(with_value, with_value, few).shown
    assert single("small.example") in days(with_value, with_value, with_value).shown


def test_a_value_of_too_few_visitors_a_day_is_not_carried() -> None:
    month = days(*[[*BIG, *OTHERS, *crowd(2, 80, source="small.example")]] * 10)
    assert single("small.example") not in month.shown
    assert "small.example" not in month.carried()[D.SOURCE, NONE].a


def test_what_stays_hidden_has_k_visitors() -> None:
    """Each day hides a large value so that its one rare visitor stands in a crowd; the month must not undo that."""
    month = days(*[[*BIG, *crowd(1, 60, source="rare.example")]] * 4)
    assert all(single("big.example") not in shown for shown in month.shown_by_day)
    assert month.shown == {}
    assert days(*[[*BIG, *crowd(1, 60, source="rare.example")]] * 5).shown.keys() == {single("big.example")}


def test_days_of_fewer_than_k_visitors_show_nothing_and_are_part_of_the_month() -> None:
    month = days(*[crowd(4, 0, country="DE")] * 5)
    assert month.shown_by_day == [{}] * 5
    assert month.shown[single("DE", D.COUNTRY)]["visitors"] == 20


def test_what_a_day_shows_is_not_counted_again() -> None:
    small = [*BIG, *OTHERS, *crowd(3, 80, source="some.example")]
    shown = [*BIG, *OTHERS, *crowd(9, 80, source="some.example")]
    month = days(small, small, small, shown)
    assert month.shown_by_day[3][single("some.example")]["visits"] == 9
    assert month.shown[single("some.example")]["visits"] == 9


def test_pairs_of_shown_values_are_shown_when_many_days_made_them() -> None:
    def of(country: str, source: str, size: int, first: int) -> list[Visit]:
        return crowd(size, first, country=country, source=source)

    day = [
        *of("DE", "a.example", 20, 0), *of("DE", "b.example", 3, 20), *of("DE", "c.example", 4, 30),
        *of("AT", "a.example", 4, 40), *of("AT", "b.example", 20, 50), *of("AT", "c.example", 3, 70),
        *of("FR", "a.example", 3, 80), *of("FR", "b.example", 4, 90), *of("FR", "c.example", 20, 100),
    ]  # fmt: skip
    month = days(*[day] * 6)
    cell = (D.SOURCE, "b.example", D.COUNTRY, "DE")
    assert cell not in month.shown_by_day[0]
    shown = [cell for cell in month.shown if cell[2] is D.COUNTRY]
    assert shown
    assert all(month.shown[one] == month.hidden_sum(one) for one in shown)


@pytest.fixture(scope="module")
def months() -> list[MonthCells]:
    return [random_month(random.Random(seed)) for seed in range(40)]


TABLE = (D.SOURCE, D.COUNTRY)


def random_month(chance: random.Random) -> MonthCells:
    sources = [f"s{n}.example" for n in range(chance.randint(3, 6))]
    countries = ["DE", "AT", "FR", "CH", "NL"][: chance.randint(2, 5)]
    weights = [1 / (n + 1) for n in range(len(sources))]
    shares = [1 / (n + 1) for n in range(len(countries))]

    def day() -> DayCells:
        visits = []
        for number in range(chance.randint(3, 90)):
            visitor = number if chance.random() < 0.9 else chance.randrange(number + 1)
            named = {D.COUNTRY: chance.choices(countries, shares)[0]}
            if chance.random() < 0.95:
                named[D.SOURCE] = chance.choices(sources, weights)[0]
            visits.append(Visit(visitor, attributes=named))
        return DayCells(visits, [TABLE])

    return MonthCells([day() for _ in range(chance.randint(3, 8))])


def test_every_shown_number_is_the_sum_of_what_the_days_hide(months: list[MonthCells]) -> None:
    shown = 0
    for month in months:
        for cell, row in month.shown.items():
            if cell[1] and (cell[3] or cell[2] is NONE):
                truth = month.hidden_sum(cell)
                # Days on which a value was too rare to be carried are missing.
                assert all(row[name] <= truth[name] for name in ("visits", "pageviews", "events"))
                assert row["visitors"] >= K
                shown += 1
    assert shown > 100


def test_singles_are_hidden_in_no_remainder_of_fewer_than_k(months: list[MonthCells]) -> None:
    for month in months:
        for (dimension, other), rows in month.carried().items():
            if other is not NONE:
                continue
            left = rows.counters[rows.role == Role.ROW].sum(axis=0)
            shown = [row for cell, row in month.shown.items() if cell[0] is dimension and cell[2] is NONE]
            rest = int(left[1]) - sum(row["visits"] for row in shown)
            assert rest == 0 or rest >= K or not shown


def derived(months: list[MonthCells]) -> tuple[int, int]:
    found = [bounds for month in months for bounds in bounds_of_small_numbers(month, TABLE)]
    return sum(one.is_exact for one in found), len(found)


@pytest.mark.slow
def test_a_solver_with_all_days_and_the_month_derives_no_small_number(months: list[MonthCells]) -> None:
    exact, tried = derived(months)
    assert tried > 500
    assert exact == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        pytest.param(month_module, "LEAST_DAYS", 1, id="days"),
    ],
)
def test_without_a_rule_the_solver_derives_some(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: int
) -> None:
    monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(month_module, "fold_table", lambda _table, candidates, _k: candidates)
    exact, _ = derived([random_month(random.Random(seed)) for seed in range(10)])
    assert exact > 0
    assert carried_module.LEAST_TO_CARRY == 3
