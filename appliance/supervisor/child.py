"""One process of the appliance: started, watched, started again when it dies, stopped.

Each child leads a process group of its own in the supervisor's session, so that Ctrl-C reaches the supervisor
alone and what the child started dies with it. Its output goes through here line by line: log lines pass, other
text of our own parts is only noted, because libraries may print what a request said.
"""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TextIO

from appliance.errors import ApplianceError, StartError
from appliance.supervisor import launch, listener
from appliance.supervisor.lines import LineReader
from appliance.supervisor.liveness import QUESTIONS, IsAlive, await_silence

_FIRST_DELAY_SECONDS, _LAST_DELAY_SECONDS = 0.2, 5.0
_STEADY_SECONDS = 30.0
"""A part that lived longer than this starts again without having to wait."""
_POLL_SECONDS = 0.05
_START_SECONDS = 300.0
"""A part that starts again after a death may have a backlog to work through first."""
_REFUSED = (1, 2)  # exit codes of a part that said in one sentence why it does not start
_ENGINE_AWAY = 75  # may come back: worth trying until the start as a whole takes too long
_MAX_EARLY_DEATHS = 3

_log = logging.getLogger("appliance.supervisor")


class PartRefusedError(ApplianceError):
    """A part does not start and has said why on stderr; there is nothing to add."""

    def __init__(self, part: str, code: int) -> None:
        super().__init__(f"{part} does not start")
        self.code = code


class Plan(NamedTuple):
    """What to run and how to see that it is ready."""

    part: str
    command: tuple[str, ...]
    is_ready: Callable[[int], Awaitable[bool]]
    """Asked with the pid until it says yes."""
    stop_seconds: float
    """Time between SIGTERM and SIGKILL."""
    prints_text: bool = False
    """A foreign program whose lines are wrapped as log lines."""
    listener: socket.socket | None = None
    """Passed on to the program, each time it starts."""
    is_alive: IsAlive | None = None
    """Asked again and again once it is ready."""
    questions: int = QUESTIONS
    """As many unanswered in a row, and the program is killed."""


class Child:
    """A program that is kept running."""

    def __init__(self, plan: Plan, output: TextIO) -> None:
        self.plan = plan
        self.ready = asyncio.Event()
        """Set when the program is ready for the first time."""
        self.starts = 0
        """How often the program was started."""
        self._output = output
        self._up = asyncio.Event()
        """Set while the running program is ready."""
        self._stopping = asyncio.Event()
        self._restarting = False
        self._exited = asyncio.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._last_text = "it gives no reason"

    @property
    def pid(self) -> int | None:
        """Pid of the running program."""
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Keep the program running until `stop`.

        Raises:
            PartRefusedError: it refused to start before it had ever been ready.
            StartError: it died three times before it had ever been ready.
        """
        delay, deaths = _FIRST_DELAY_SECONDS, 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            if self._restarting:
                self._restarting, delay = False, _FIRST_DELAY_SECONDS
                continue
            deaths += code != _ENGINE_AWAY
            if not self.ready.is_set():
                self._give_up(code, deaths)
            if time.monotonic() - started > _STEADY_SECONDS:
                delay = _FIRST_DELAY_SECONDS
            _log.error("part_died", extra={"of": self.plan.part, "how": _how(code), "again_in_seconds": delay})
            await self._pause(delay)
            delay = min(2 * delay, _LAST_DELAY_SECONDS)

    async def restart(self, seconds: float) -> None:
        """Let the program end in order and start it anew.

        Raises:
            StartError: it is not ready in time; it goes on being started.
        """
        self._up.clear()
        if self._process is not None:
            self._restarting = True
            await self._end()
        try:
            async with asyncio.timeout(seconds):
                await self._up.wait()
        except TimeoutError:
            raise StartError(f"{self.plan.part} was not ready within {seconds:.0f} seconds") from None

    async def stop(self) -> None:
        """Ask the program to end, and kill it with all it started if it does not."""
        self._stopping.set()
        await self._end()
        if self.plan.listener is not None:
            self.plan.listener.close()

    async def _end(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self.plan.stop_seconds):
                await self._exited.wait()
        except TimeoutError:
            _log.warning("part_killed", extra={"of": self.plan.part, "after_seconds": self.plan.stop_seconds})
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._exited.wait()

    def _give_up(self, code: int, deaths: int) -> None:
        if code in _REFUSED and self.plan.prints_text:
            raise StartError(f"{self.plan.part} does not start: {self._last_text}")
        if code in _REFUSED:
            raise PartRefusedError(self.plan.part, code)
        if deaths >= _MAX_EARLY_DEATHS:
            raise StartError(f"{self.plan.part} died {deaths} times before it was ready ({_how(code)})")

    async def _run_once(self) -> int:
        process = self._spawn()
        self.starts += 1
        self._exited.clear()
        self._up.clear()
        self._process = process
        said = LineReader(process.stdout, self._take_line)
        asking = asyncio.create_task(self._ask(process.pid))
        await _exit_of(process.pid)
        asking.cancel()
        # The dead leader is not reaped yet, so the group's number still is its own.
        os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        said.close()
        self._process = None
        self._exited.set()
        return code

    def _spawn(self) -> "subprocess.Popen[bytes]":
        tie = (sys.executable, "-I", "-S", str(Path(launch.__file__)), str(os.getpid()))
        kept = self.plan.listener
        return subprocess.Popen(
            (*tie, *self.plan.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            pass_fds=() if kept is None else (kept.fileno(),),
            env=None if kept is None else os.environ | listener.environment(kept),
        )

    async def _ask(self, pid: int) -> None:
        """Ask until it is ready, then whether it still is; kill what hangs."""
        try:
            # A first start has its own, shorter limit.
            async with asyncio.timeout(_START_SECONDS if self.ready.is_set() else None):
                await self._ask_until_ready(pid)
            if self.plan.is_alive is None:
                return
            await await_silence(self.plan.is_alive, pid, self.plan.questions)
        except TimeoutError:
            pass
        _log.error("part_hangs", extra={"of": self.plan.part, "pid": pid})
        os.killpg(pid, signal.SIGKILL)

    async def _ask_until_ready(self, pid: int) -> None:
        started = time.monotonic()
        while not await self.plan.is_ready(pid):  # noqa: ASYNC110  another process has no event
            await asyncio.sleep(_POLL_SECONDS)
        self.ready.set()
        self._up.set()
        seconds = round(time.monotonic() - started, 2)
        _log.info("part_ready", extra={"of": self.plan.part, "pid": pid, "seconds": seconds})

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    def _take_line(self, line: str) -> None:
        if self.plan.prints_text:
            self._last_text = line.removeprefix("appliance: ")
            _log.info("program_says", extra={"of": self.plan.part, "text": line})
        elif line.startswith(("{", "appliance: ")):
            self._output.write(f"{line}\n")
            self._output.flush()
        else:
            _log.warning("stray_output", extra={"of": self.plan.part, "characters": len(line)})


async def _exit_of(pid: int) -> None:
    """Wait until a child has ended, without reaping it."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
