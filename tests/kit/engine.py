"""A real ClickHouse in a directory of its own: embedded, of which a process can hold one at a time, or over HTTPS."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from appliance.settings import Settings, parse
from appliance.warehouse.client import Reader, WriteClient, open_reader, open_writer
from appliance.warehouse.migrations import migrate
from tests.kit.clickhouse_server import running_clickhouse

STORED = (
    "totals_hour",
    "cells_running",
    "cells_open",
    "cells",
    "closed_days",
    "carry_open",
    "carry",
    "closed_months",
    "outcomes",
)


class Engine(NamedTuple):
    settings: Settings
    writer: WriteClient
    reader: Reader

    def empty(self) -> None:
        for table in STORED:
            self.writer.command(f"TRUNCATE TABLE {table}")


def engine_settings(directory: Path, **clickhouse: str | int) -> Settings:
    server = {"data_dir": str(directory / "data")}
    keyring = {"directory": str(directory / "runtime")}
    return parse({"server": server, "keyring": keyring, "clickhouse": clickhouse}, base=directory)


@contextmanager
def running_engine(directory: Path, *, external: bool = False) -> Iterator[Engine]:
    """Open an engine with the whole schema; closed on leaving, so that the next one may have another directory."""
    if not external:
        with _opened(engine_settings(directory)) as engine:
            yield engine
        return
    with running_clickhouse(directory) as server:
        settings = engine_settings(directory, url=server.url, ca_file=str(server.ca_file))
        with _opened(settings) as engine:
            yield engine


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    writer = open_writer(settings)
    reader = open_reader(settings)
    try:
        migrate(writer)
        yield Engine(settings, writer, reader)
    finally:
        reader.close()
        writer.close()
