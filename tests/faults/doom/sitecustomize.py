"""Python loads this in every process of an appliance under test: it wraps the functions of the fail points.

A wrapped function looks for a file named after its point. If it is there, the process takes it and dies by SIGKILL, or
its thread stands still for ever. The file says how many calls to let pass, and whether the supervisor dies first, and
with it everything. APPLIANCE_PATIENCE_SECONDS shortens how long a loop may stand still unnoticed.
"""

import functools
import importlib.machinery
import inspect
import os
import signal
import sys
import threading
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from fail_points import AFTER, BEFORE, DURING, POINTS, STILL, Point

_DIRECTORY = Path(os.environ["APPLIANCE_DOOM"])
_LONGEST_DELAY_SECONDS = 0.05
_PROGRESS = "appliance.supervisor.parts.progress"
_PATIENCE = os.environ.get("APPLIANCE_PATIENCE_SECONDS", "")


def _is_due(point: Point, passed: list[int]) -> bool:
    """Whether this call is the one; takes the file then, so that it is the only one."""
    armed = _DIRECTORY / point.name
    try:
        skip, whom = armed.read_text().split()
        passed[0] += 1
        if passed[0] <= int(skip):
            return False
        armed.rename(armed.with_suffix(".fired"))
    except (FileNotFoundError, ValueError):
        return False
    if whom == "everything":
        os.kill(os.getppid(), signal.SIGKILL)  # the supervisor; it takes its children with it
    return True


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wrapped(point: Point, function: Any) -> Any:
    passed = [0]

    def enter(args: tuple[Any, ...]) -> None:
        if point.when in (AFTER, STILL) or (point.word and point.word not in args) or not _is_due(point, passed):
            return
        if point.when == BEFORE:
            _die()
        threading.Timer(_LONGEST_DELAY_SECONDS * Random().random(), _die).start()

    def leave(args: tuple[Any, ...], result: Any) -> None:
        is_passed = point.when in (AFTER, STILL) and (not point.word or point.word in args)
        # An empty list is the answer of a reader that found nothing.
        if not is_passed or result == [] or not _is_due(point, passed):
            return
        if point.when == STILL:
            threading.Event().wait()
        _die()

    @functools.wraps(function)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        enter(args)
        result = await function(*args, **kwargs)
        leave(args, result)
        return result

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        enter(args)
        result = function(*args, **kwargs)
        leave(args, result)
        return result

    return awaited if inspect.iscoroutinefunction(function) else called


def _wrap(module: ModuleType) -> None:
    if module.__name__ == _PROGRESS and _PATIENCE:
        assert hasattr(module, "PATIENCE_SECONDS")
        module.PATIENCE_SECONDS = float(_PATIENCE)
    for point in POINTS:
        if point.module == module.__name__:
            owner, _, name = point.function.rpartition(".")
            holder = getattr(module, owner) if owner else module
            setattr(holder, name, _wrapped(point, getattr(holder, name)))


class _Finder:
    """Finds the modules of fail points as usual, and wraps when they have been executed."""

    _MODULES = frozenset({_PROGRESS, *(point.module for point in POINTS)})

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self._MODULES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        assert spec is not None
        loader: Any = spec.loader
        execute = loader.exec_module

        def execute_and_wrap(module: ModuleType) -> None:
            execute(module)
            _wrap(module)

        loader.exec_module = execute_and_wrap
        return spec


assert {point.when for point in POINTS} <= {BEFORE, DURING, AFTER, STILL}
sys.meta_path.insert(0, _Finder())
