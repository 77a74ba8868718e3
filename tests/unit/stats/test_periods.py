"""Ranges are cut into days, weeks and months without gap or overlap."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.stats.contract import TimeDimension
from appliance.stats.counters import NOTHING, Counters
from appliance.stats.periods import add_labelled, fitting, label_of, periods, reading
from appliance.stats.ranges import DateRange

RANGES = st.builds(
    lambda first, days: DateRange(first, first + timedelta(days=days)),
    st.dates(date(2019, 12, 1), date(2029, 12, 31)),
    st.integers(0, 800),
)
TIMES = st.sampled_from([TimeDimension.DAY, TimeDimension.WEEK, TimeDimension.MONTH])


@given(RANGES, TIMES)
def test_periods_have_every_day_once_and_labels_in_order(days: DateRange, time: TimeDimension) -> None:
    found = periods(time, days)
    assert [day for period in found for day in period.days.days()] == days.days()
    labels = [period.label for period in found]
    assert labels == sorted(set(labels))
    label = label_of(time, days)
    assert all(label(day) == period.label for period in found for day in period.days.days())


@given(RANGES)
def test_weeks_begin_on_monday_unless_the_range_cuts_them(days: DateRange) -> None:
    first, *others = periods(TimeDimension.WEEK, days)
    assert first.label == days.first
    assert all(period.label.weekday() == 0 and period.label == period.days.first for period in others)
    assert all(period.days.n_days == 7 for period in others[:-1])


@given(RANGES)
def test_months_are_named_by_their_first_and_stay_whole(days: DateRange) -> None:
    for label, part in periods(TimeDimension.MONTH, days):
        following = (label + timedelta(days=31)).replace(day=1)
        assert label.day == 1
        assert part == DateRange(max(label, days.first), min(following - timedelta(days=1), days.last))


@given(RANGES, st.one_of(TIMES, st.none()))
def test_a_reading_gives_every_day_its_period(days: DateRange, time: TimeDimension | None) -> None:
    step, label = reading(time, days)
    read = {(at, "a"): NOTHING._replace(visits=n_days) for at, n_days in Counter(map(step.at, days.days())).items()}
    found: dict[tuple[date | None, str], Counters] = {}
    add_labelled(found, read, label or (lambda at: at))
    expected = {None: days.n_days} if time is None else {p.label: p.days.n_days for p in periods(time, days)}
    assert {day: counters.visits for (day, _), counters in found.items()} == expected


def test_time_fits_the_length_of_the_range() -> None:
    def fit(n_days: int, by_hour: bool = True) -> TimeDimension:
        first = date(2026, 1, 1)
        return fitting(DateRange(first, first + timedelta(days=n_days - 1)), by_hour=by_hour)

    assert (fit(1), fit(1, by_hour=False), fit(2)) == (TimeDimension.HOUR, TimeDimension.DAY, TimeDimension.DAY)
    assert (fit(92), fit(93)) == (TimeDimension.DAY, TimeDimension.MONTH)
