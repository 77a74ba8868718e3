"""One embedded ClickHouse per module, emptied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.engine import Engine, running_engine


@pytest.fixture(scope="module")
def module_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    directory: Path = tmp_path_factory.mktemp("engine")
    with running_engine(directory) as engine:
        yield engine


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    module_engine.empty()
    return module_engine
