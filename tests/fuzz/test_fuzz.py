"""Half a minute of wrong hits; `python -m tests.fuzz SECONDS` runs for longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.target import SEEDS, Target, seeds

ROOT = Path(__file__).parents[2]
SECONDS = 30


def test_seeds_are_counted() -> None:
    target = Target()
    assert [target.try_one(seed) for seed in seeds()] == [202] * len(SEEDS)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x03\n\n\n", b"\x01\x05gzip\n{}", b"\x00{" * 40_000])
def test_target_takes_any_bytes(data: bytes) -> None:
    assert Target().try_one(data) in (400, 413, 415)


def test_no_input_makes_ingest_or_counting_fail() -> None:
    command = [sys.executable, "-m", "tests.fuzz", str(SECONDS)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS * 4)
    assert said.returncode == 0, (said.stdout + said.stderr)[-4000:]
