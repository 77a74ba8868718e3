"""Real child processes: ready, dead, started again, stopped, refused, orphaned."""

import asyncio
import contextlib
import io
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from appliance.errors import StartError
from appliance.supervisor import child as child_module
from appliance.supervisor import liveness
from appliance.supervisor.child import Child, PartRefusedError, Plan

SLEEPS = 'import time; print(\'{"event": "here"}\', flush=True); time.sleep(60)'


def plan(code: str, *, ready_file: Path | None = None, stop_seconds: float = 5.0, prints_text: bool = False) -> Plan:
    async def is_ready(_pid: int) -> bool:
        return ready_file is None or ready_file.exists()

    return Plan("part", (sys.executable, "-c", textwrap.dedent(code)), is_ready, stop_seconds, prints_text)


@contextlib.asynccontextmanager
async def running(wanted: Plan, output: io.StringIO | None = None) -> AsyncIterator[Child]:
    child = Child(wanted, output or io.StringIO())
    task = asyncio.create_task(child.run())
    try:
        await asyncio.wait_for(child.ready.wait(), 10)
        yield child
    finally:
        await child.stop()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  another process: there is no event
            await asyncio.sleep(0.01)


def assert_dies(pid: int) -> None:
    """Within five seconds, whoever reaps it."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        ended, _, _ = select.select([descriptor], [], [], 5)
        os.close(descriptor)
        assert ended


async def test_killed_program_is_started_again() -> None:
    async with running(plan(SLEEPS)) as child:
        old = child.pid
        assert old is not None
        os.kill(old, signal.SIGKILL)
        await until(lambda: child.pid not in (None, old))


@pytest.mark.parametrize("answers", [False, True])
async def test_program_that_stands_still_is_killed_and_started_again(
    answers: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[int] = []

    async def is_alive(pid: int) -> bool:
        asked.append(pid)
        return answers and psutil.Process(pid).status() != psutil.STATUS_STOPPED

    monkeypatch.setattr(liveness, "EVERY_SECONDS", 0.01)
    async with running(plan(SLEEPS)._replace(is_alive=is_alive, questions=3)) as child:
        old = child.pid or 0
        if answers:
            await until(lambda: len(asked) > 6)
            assert child.pid == old
            os.kill(old, signal.SIGSTOP)
        await until(lambda: child.pid not in (None, old))
        assert asked.count(old) > 6 if answers else asked.count(old) == 3
    assert "part_hangs" in caplog.text


async def test_program_that_never_gets_ready_again_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = tmp_path / "ready"
    ready.touch()
    monkeypatch.setattr(child_module, "_START_SECONDS", 0.05)
    async with running(plan(SLEEPS, ready_file=ready)) as child:
        ready.unlink()
        old = child.pid or 0
        os.kill(old, signal.SIGKILL)
        await until(lambda: child.pid not in (None, old))
        second = child.pid
        await until(lambda: child.pid not in (None, second))


async def test_restarted_program_is_another_one_and_nothing_died(caplog: pytest.LogCaptureFixture) -> None:
    async with running(plan(SLEEPS)) as child:
        old = child.pid
        await child.restart(10)
        assert child.pid not in (None, old)
    assert "part_died" not in caplog.text


async def test_restarted_program_that_is_not_ready_is_named_and_goes_on_being_started(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.touch()
    async with running(plan(SLEEPS, ready_file=ready)) as child:
        ready.unlink()
        with pytest.raises(StartError, match="part was not ready within 0 seconds"):
            await child.restart(0.1)
        await until(lambda: child.pid is not None)


async def test_connections_wait_while_a_program_with_a_listener_starts_again() -> None:
    code = """
        import os, socket
        listener = socket.socket(fileno=int(os.environ["APPLIANCE_LISTENER"]))
        while True:
            connection, _ = listener.accept()
            connection.sendall(str(os.getpid()).encode())
            connection.close()
    """
    listener = socket.create_server(("127.0.0.1", 0))
    async with running(plan(code)._replace(listener=listener)) as child:
        old = child.pid
        os.kill(old or 0, signal.SIGKILL)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert int(await reader.read()) != old
        writer.close()
    assert listener.fileno() == -1


async def test_stopped_program_is_not_started_again() -> None:
    async with running(plan(SLEEPS)) as child:
        pid = child.pid
        await child.stop()
        assert child.pid is None
    assert not psutil.pid_exists(pid or 0)


async def test_program_that_ignores_the_signal_is_killed_in_time(tmp_path: Path) -> None:
    code = f"""
        import pathlib, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        pathlib.Path({str(tmp_path / "ready")!r}).touch()
        time.sleep(60)
    """
    async with running(plan(code, ready_file=tmp_path / "ready", stop_seconds=0.2)) as child:
        pid = child.pid
        await asyncio.wait_for(child.stop(), 3)
    assert not psutil.pid_exists(pid or 0)


async def test_what_the_program_started_dies_with_it(tmp_path: Path) -> None:
    code = f"""
        import pathlib, subprocess, time
        pid = subprocess.Popen(["sleep", "60"]).pid
        pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(pid))
        time.sleep(60)
    """
    async with running(plan(code, ready_file=tmp_path / "pid")):
        await until((tmp_path / "pid").read_text)
        grandchild = int((tmp_path / "pid").read_text())
    assert_dies(grandchild)


@pytest.mark.parametrize("code", [1, 2])
async def test_refusal_before_it_was_ready_ends_the_start(code: int, tmp_path: Path) -> None:
    child = Child(plan(f"raise SystemExit({code})", ready_file=tmp_path / "never"), io.StringIO())
    with pytest.raises(PartRefusedError) as raised:
        await asyncio.wait_for(child.run(), 10)
    assert raised.value.code == code


async def test_foreign_program_that_refuses_is_quoted(tmp_path: Path) -> None:
    refusing = plan("raise SystemExit('no such option')", ready_file=tmp_path / "never", prints_text=True)
    with pytest.raises(StartError, match="part does not start: no such option"):
        await asyncio.wait_for(Child(refusing, io.StringIO()).run(), 10)


async def test_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    missing = plan("", ready_file=tmp_path / "never", prints_text=True)._replace(command=("/no/program",))
    with pytest.raises(StartError, match=r"/no/program cannot be started \(No such file or directory\)"):
        await asyncio.wait_for(Child(missing, io.StringIO()).run(), 10)


async def test_dying_again_and_again_before_it_was_ready_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "_FIRST_DELAY_SECONDS", 0.01)
    child = Child(plan("raise SystemExit(70)", ready_file=tmp_path / "never"), io.StringIO())
    with pytest.raises(StartError, match=r"part died 3 times before it was ready \(exit code 70\)"):
        await asyncio.wait_for(child.run(), 10)


async def test_log_lines_and_sentences_pass_and_other_text_does_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = f"""
        import pathlib, sys, time
        print('{{"event": "x"}}')
        print("appliance: a sentence", file=sys.stderr, flush=True)
        print("203.0.113.9 said something", flush=True)
        pathlib.Path({str(tmp_path / "ready")!r}).touch()
        time.sleep(60)
    """
    output = io.StringIO()
    caplog.set_level(logging.INFO, "appliance.supervisor")
    async with running(plan(code, ready_file=tmp_path / "ready"), output):
        pass
    assert {'{"event": "x"}', "appliance: a sentence"} == set(output.getvalue().splitlines())
    assert [record.characters for record in caplog.records if record.message == "stray_output"] == [26]  # type: ignore[attr-defined]


async def test_lines_of_a_foreign_program_become_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "appliance.supervisor")
    async with running(plan("print('starting', flush=True); import time; time.sleep(60)", prints_text=True)):
        await until(lambda: "program_says" in caplog.messages)
    said = [record.text for record in caplog.records if record.message == "program_says"]  # type: ignore[attr-defined]
    assert said == ["starting"]


async def test_program_writes_no_core_file_and_private_files_only(tmp_path: Path) -> None:
    code = f"""
        import json, os, pathlib, resource, time
        facts = [resource.getrlimit(resource.RLIMIT_CORE), os.umask(0), os.getsid(0), os.getpgid(0) == os.getpid()]
        path = pathlib.Path({str(tmp_path / "facts")!r})
        path.with_suffix(".new").write_text(json.dumps(facts))
        path.with_suffix(".new").rename(path)
        time.sleep(60)
    """
    async with running(plan(code, ready_file=tmp_path / "facts")):
        facts = json.loads((tmp_path / "facts").read_text())
    assert facts == [[0, 0], 0o077, os.getsid(0), True]


@pytest.fixture(params=["starting", "started"])
def orphan(request: pytest.FixtureRequest, tmp_path: Path) -> int:
    """Pid of a child whose supervisor was killed."""
    running = f"import pathlib, time; pathlib.Path({str(tmp_path / 'up')!r}).touch(); time.sleep(60)"
    code = f"""
        import asyncio, io, pathlib, sys
        from appliance.supervisor.child import Child, Plan
        async def is_ready(pid):
            ready = {request.param == "starting"} or pathlib.Path({str(tmp_path / "up")!r}).exists()
            if ready:
                print(pid, flush=True)
            return ready
        async def main():
            await Child(Plan("part", (sys.executable, "-c", {running!r}), is_ready, 5.0), io.StringIO()).run()
        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()
    return pid


def test_killed_supervisor_leaves_no_child(orphan: int) -> None:
    assert_dies(orphan)
