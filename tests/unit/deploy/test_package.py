"""Everything beside the Python modules is installed with them."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("appliance", "consent", "dashboard")


def data_files(package: str) -> set[Path]:
    return {
        path
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_data_file_is_packaged(package: str) -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"][package]
    packaged = {path for pattern in patterns for path in (ROOT / package).glob(pattern)}
    assert data_files(package) - packaged == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_modules_is_a_package(package: str) -> None:
    for module in (ROOT / package).rglob("*.py"):
        assert (module.parent / "__init__.py").is_file(), module


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_direct_requirement_is_locked(name: str) -> None:
    wanted = list(PROJECT["project"]["dependencies"])
    if name == "dev":
        wanted += PROJECT["project"]["optional-dependencies"]["dev"]
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    locked = {line.partition("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
    names = {requirement.partition(">")[0].partition(";")[0].strip() for requirement in wanted}
    assert names - locked == set()


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_locks_name_no_place_to_fetch_from(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for word in ("http://", "https://", "file://", "--index-url", "--find-links", "--trusted-host", " @ "):
        assert word not in text
