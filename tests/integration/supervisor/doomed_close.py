"""A process that ends a day, to be killed: `doomed_close.py ENGINE REDIS KEYS [STEP]`.

The first life counts hits before it starts. STEP names a function after which SIGKILL comes; without one the end of
the day is finished and every row is printed.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.aggregate.shard_worker import ShardWorker
from appliance.anonymize.keyring import Keyring
from appliance.warehouse import close
from appliance.warehouse.carry import CarriedDay
from appliance.warehouse.client import WriteClient
from tests.kit.day_end import DayEnd, Stores, everything, send
from tests.kit.engine import running_engine

STEPS: dict[str, tuple[Any, str, str]] = {
    "visits closed": (ShardWorker, "close_day", ""),
    "key destroyed": (Keyring, "destroy", ""),
    "cells written": (WriteClient, "insert", "cells"),
    "day marked": (WriteClient, "insert", "closed_days"),
    "moved to the month": (CarriedDay, "move", ""),
    "rows deleted": (close, "delete_running", ""),
}


def deadly(step: Callable[..., Any], word: str) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        result = step(*args, **kwargs)
        if not word or word in args:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return run


def main(directory: Path, redis_url: str, keys: Path, step: str = "") -> None:
    with running_engine(directory) as engine:
        stores = Stores(redis_url, engine.writer, keys)
        if not (keys / "day-keys").exists():
            send(stores)
        if step:
            owner, name, word = STEPS[step]
            setattr(owner, name, deadly(getattr(owner, name), word))
        DayEnd(stores).finish()
        sys.stdout.write(json.dumps(everything(engine.writer), default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
