"""The command line: what exists, what is printed, which exit code."""

import io
from pathlib import Path

import argon2
import pytest

import appliance
from appliance.cli import main


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    for command in (
        "up",
        "check",
        "close",
        "ingest",
        "worker",
        "warehouse",
        "dashboard",
        "demo",
        "doctor",
        "hash-password",
        "import-log",
        "keys",
    ):
        assert f"\n    {command}" in said


def test_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"appliance {appliance.__version__}\n"


def test_no_command_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_check_ends_with_ok(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "appliance.toml").write_text('[[sites]]\nid = "example.org"\n')
    assert main(["check", "--config", str(tmp_path / "appliance.toml")]) == 0
    assert capsys.readouterr().out.endswith("\nok\n")


def test_missing_configuration_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--config", str(tmp_path / "none.toml")]) == 2
    assert capsys.readouterr().err == f"appliance: {tmp_path}/none.toml: there is no such configuration file\n"


def test_hash_password_reads_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\nanother line\n"))
    assert main(["hash-password"]) == 0
    assert argon2.PasswordHasher().verify(capsys.readouterr().out.strip(), "correct horse")


def test_short_password_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["hash-password"]) == 2
    assert "10 characters" in capsys.readouterr().err
