"""A real embedded ClickHouse in a directory of its own. A process can hold one such directory at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from appliance.settings import Settings, parse
from appliance.warehouse.client import Reader, WriteClient, open_reader, open_writer
from appliance.warehouse.migrations import migrate

STORED = ("totals_hour", "cells_open", "cells", "closed_days", "carry_open", "carry", "closed_months", "outcomes")


class Engine(NamedTuple):
    settings: Settings
    writer: WriteClient
    reader: Reader

    def empty(self) -> None:
        for table in STORED:
            self.writer.command(f"TRUNCATE TABLE {table}")


def engine_settings(directory: Path) -> Settings:
    server = {"data_dir": str(directory / "data")}
    return parse({"server": server, "keyring": {"directory": str(directory / "runtime")}}, base=directory)


@contextmanager
def running_engine(directory: Path) -> Iterator[Engine]:
    """Open an engine with the whole schema; closed on leaving, so that the next one may have another directory."""
    settings = engine_settings(directory)
    writer = open_writer(settings)
    reader = open_reader(settings)
    try:
        migrate(writer)
        yield Engine(settings, writer, reader)
    finally:
        reader.close()
        writer.close()
