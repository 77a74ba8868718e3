"""One part of an appliance that runs alone, as an operator starts it who has engines of his own."""

import os
import subprocess
from pathlib import Path
from types import TracebackType

from tests.kit import process_tree
from tests.kit.appliance_process import command


class LonePart:
    """`appliance PART --config FILE`, until its block ends."""

    def __init__(self, part: str, config: Path) -> None:
        self._command = command(part, config)
        self._log = config.with_suffix(f".{part}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "LonePart":
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ.copy(),
            )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self.process is not None
        process_tree.kill_all(self.process.pid)
        self.process.wait(10)

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(errors="replace")
