"""The machine is refused in one sentence that names the setting."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.settings import KeyringSettings, Settings, parse
from appliance.supervisor import checks


def settings(tmp_path: Path, **keyring: object) -> Settings:
    raw = {"server": {"data_dir": "data"}, "keyring": {"directory": "run", **keyring}}
    return parse(raw, base=tmp_path)


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PATIENCE_SECONDS", 0.0)


def test_taken_port_is_named_with_its_setting(taken: str) -> None:
    with pytest.raises(StartError) as raised:
        checks.require_free({"server.listen": taken})
    assert f"server.listen: {taken} is taken by another program; stop that program or choose another port" == str(
        raised.value
    )


def test_two_parts_at_one_address_are_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(StartError, match=r"server\.stats_listen"):
        checks.require_free({"server.listen": address, "server.stats_listen": address})


def test_free_addresses_stay_free_after_the_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    checks.require_free({"server.listen": address})
    checks.bind("server.listen", address).close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("192.0.2.1:8000", "is not an address of this machine", id="foreign address"),
        pytest.param("no-such-host.invalid:8000", "names a host that this machine does not know", id="unknown host"),
    ],
)
def test_says_why_an_address_cannot_be_used(address: str, said: str) -> None:
    with pytest.raises(StartError, match=said):
        checks.bind("server.listen", address)


def test_data_dir_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    checks.make_data_dir(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_data_dir_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match=r"server\.data_dir: .*file/data cannot be written to"):
        checks.make_data_dir(tmp_path / "file" / "data")


def test_a_data_dir_of_somebody_else_is_told_from_one_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks.require_open(tmp_path)
    checks.require_open(tmp_path / "not there yet")
    monkeypatch.setattr(os, "access", lambda *_: False)  # tests may run as root, to whom nothing is closed
    for refused in (checks.require_open, checks.make_data_dir):
        with pytest.raises(StartError, match=rf"is closed to you; run this as its owner \({tmp_path.owner()}\)"):
            refused(tmp_path)


def test_second_lock_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first = checks.lock_data_dir(tmp_path)
    with pytest.raises(StartError, match=f"another appliance is running on {tmp_path}; stop it first"):
        checks.lock_data_dir(tmp_path)
    first.close()
    checks.lock_data_dir(tmp_path).close()


def test_keys_on_a_disk_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "file_system", lambda _: "ext4")
    with pytest.raises(StartError, match="is on ext4, not on tmpfs"):
        checks.require_memory(tmp_path, KeyringSettings())


def test_keys_on_a_disk_are_allowed_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "file_system", lambda _: "ext4")
    checks.require_memory(tmp_path, KeyringSettings(allow_disk=True, reason="a test"))


def test_shared_memory_is_memory() -> None:
    assert checks.file_system(Path("/dev/shm")) == "tmpfs"


def test_the_deepest_and_last_mount_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        f"20 1 8:1 / / rw - ext4 /dev/a rw\n21 20 0:9 / {tmp_path} rw - xfs /dev/b rw\n"
        f"22 20 0:9 / {tmp_path} rw shared:1 - tmpfs none rw\n"
    )
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: table)
    assert checks.file_system(tmp_path / "x") == "tmpfs"


def test_long_socket_path_is_refused() -> None:
    path = Path("/dev/shm") / ("x" * 100) / "redis.sock"
    with pytest.raises(StartError, match="has 120 bytes, and 107 are allowed"):
        checks.require_short_socket(path)


def test_runtime_dir_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    directory = checks.make_runtime_dir(settings(tmp_path, allow_disk=True, reason="a test"))
    assert directory.stat().st_mode & 0o777 == 0o700


def test_runtime_dir_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o777)
    with pytest.raises(StartError, match="must belong to the user of the appliance"):
        checks.make_runtime_dir(settings(tmp_path, allow_disk=True, reason="a test"))


def test_runtime_dir_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    raw = settings(tmp_path, allow_disk=True, reason="a test")
    os.symlink(tmp_path / "elsewhere", tmp_path / "run")
    with pytest.raises(StartError, match="must belong to the user"):
        checks.make_runtime_dir(raw)


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        pytest.param(None, False, id="new data directory"),
        pytest.param("redis", True, id="queued hits"),
        pytest.param("evidence.jsonl", True, id="logged keys"),
    ],
)
def test_key_pages_go_with_the_data_directory_they_belonged_to(left: str | None, kept: bool, tmp_path: Path) -> None:
    configured = settings(tmp_path)
    for directory in (configured.data_dir, configured.runtime_dir):
        directory.mkdir()
    if left:
        (configured.data_dir / left).touch()
    pages = [configured.runtime_dir / name for name in ("day-keys", "transport-keys")]
    for page in pages:
        page.write_bytes(b"key page")
    checks.drop_orphaned_keys(configured)
    assert [page.exists() for page in pages] == [kept, kept]
