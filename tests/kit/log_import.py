"""`appliance import-log` as its operator runs it."""

import subprocess
from pathlib import Path

from tests.kit.appliance_process import ApplianceProcess, command, run


def imported(appliance: ApplianceProcess, *files: Path | str, site: str) -> str:
    """Run an import that is to succeed; returns its table."""
    ended = run(f"import-log --site {site} {' '.join(map(str, files))}", appliance.config)
    assert (ended.returncode, ended.stderr.count("Traceback")) == (0, 0), ended.stderr
    return ended.stdout


def started_import(appliance: ApplianceProcess, file: Path, site: str) -> "subprocess.Popen[bytes]":
    """An import in a session of its own, to be killed."""
    return subprocess.Popen(
        command(f"import-log --site {site} {file}", appliance.config),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
