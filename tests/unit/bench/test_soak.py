"""What the soak calls growth."""

from tests.bench.soak import Sample, grew

FLAT = Sample(memory_mb=500, open_files=100, redis_mb=20, part_directories=40)


def test_numbers_that_go_up_and_down_have_not_grown() -> None:
    assert grew([FLAT, FLAT._replace(part_directories=60)] * 8) == []


def test_number_that_rises_all_the_time_has_grown_and_is_named() -> None:
    samples = [FLAT._replace(open_files=100 + 10 * minute) for minute in range(16)]
    assert [line.split()[0] for line in grew(samples)] == ["open_files"]


def test_what_is_made_once_at_the_beginning_is_no_growth() -> None:
    samples = [FLAT._replace(memory_mb=100)] * 4 + [FLAT] * 12
    assert grew(samples) == []
