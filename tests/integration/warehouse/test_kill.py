"""SIGKILL while the writer works, and what it leaves in the engine's files, costs no fact and doubles none."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from appliance.facts import OutcomeFact
from appliance.warehouse.columns import OUTCOME_TYPES, outcome_columns
from tests.integration.warehouse.doomed_writer import batch
from tests.kit.cells import fold, fold_pairs
from tests.kit.engine import Engine, running_engine
from tests.kit.facts import joined

pytestmark = pytest.mark.clickhouse

SCRIPT = Path(__file__).with_name("doomed_writer.py")


def start(directory: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(directory), str(count)]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def finish(directory: Path, count: int) -> dict[str, list[int]]:
    process = start(directory, count)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    sums: dict[str, list[int]] = json.loads(output.splitlines()[-1])
    return sums


def expected_sums(count: int) -> dict[str, list[int]]:
    everything = joined([batch(number) for number in range(count)])
    totals, cells = fold(everything)
    all_cells = sum(cells.values(), start=Counter())
    all_pairs = sum(fold_pairs(everything).values(), start=Counter())
    names = ("visitors", "visits", "events", "closed", "duration_ms")
    return {
        "totals_hour": [totals[name] for name in names],
        "cells": [all_cells[name] for name in names],
        "pairs": [all_pairs[name] for name in names],
        "outcomes": [sum(fact.hits for fact in everything.outcomes), 0, 0, 0, 0],
    }


def test_killed_at_random_moments_every_batch_counts_once(tmp_path: Path) -> None:
    random = Random(9)
    kills = done = 0
    while kills < 6 or done <= 10:  # a slow machine gets little done between two kills
        process = start(tmp_path, 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.0, 0.8))  # the moment of the kill is the experiment
        process.kill()
        process.communicate(timeout=10)
        kills += 1
        outbox = tmp_path / "outbox.json"
        done = json.loads(outbox.read_text())["next"] if outbox.exists() else 0
        assert kills < 60, "nothing gets done between two kills"

    assert finish(tmp_path, done + 5) == expected_sums(done + 5)


def add_hits(engine: Engine, hits: int) -> None:
    columns = outcome_columns([OutcomeFact("a.example", 20_780, 0, "bot", hits)])
    engine.writer.insert("outcomes", OUTCOME_TYPES, columns, token=f"token-{hits}")


def stored_hits(engine: Engine) -> int:
    return int(engine.reader.query("SELECT sum(hits) FROM outcomes").rows[0][0])


@pytest.mark.parametrize("torn", ["", "1\t2026"], ids=["whole log", "torn last line"])
def test_a_part_remembered_but_never_put_in_place_is_counted_when_repeated(tmp_path: Path, torn: str) -> None:
    with running_engine(tmp_path) as engine:
        engine.writer.command("SYSTEM STOP MERGES outcomes")
        add_hits(engine, 1)
        add_hits(engine, 10)
        table = Path(engine.writer.query("SELECT data_paths[1] FROM system.tables WHERE name = 'outcomes'").rows[0][0])
    # As if killed with the second batch between the entry in the log and the rename of its part.
    [log] = (table / "deduplication_logs").iterdir()
    shutil.rmtree(table / log.read_text().splitlines()[-1].split("\t")[1])
    with log.open("a") as file:
        file.write(torn)

    with running_engine(tmp_path) as engine:
        assert stored_hits(engine) == 1
        add_hits(engine, 1)
        add_hits(engine, 10)
        add_hits(engine, 10)
        assert stored_hits(engine) == 11
