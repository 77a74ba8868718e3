"""Temporary files of the warehouse process stay in memory.

The client library hands facts to embedded ClickHouse through a file in the temporary directory and removes it. On a
disk the bytes would outlive the removal, so the process points its temporary directory to one on tmpfs first.
"""

import os
import tempfile
from pathlib import Path

from appliance.errors import StartError
from appliance.settings import Settings


def use_memory_for_temporary_files(settings: Settings) -> Path:
    """Make `runtime_dir/tmp` the temporary directory of this process and return it, emptied.

    Call it once, before the first client is opened; what a killed process left there is removed.

    Raises:
        StartError: the directory cannot be made private or written.
    """
    directory = settings.runtime_dir / "tmp"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        for leftover in directory.iterdir():
            if leftover.is_file() or leftover.is_symlink():
                leftover.unlink()
    except OSError as error:
        raise StartError(f"{directory}: temporary files need a private directory here ({error.strerror})") from None
    tempfile.tempdir = str(directory)
    os.environ["TMPDIR"] = str(directory)  # for the engine and for children
    return directory
