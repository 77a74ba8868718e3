"""Builds the tracker: two minified scripts of one source, committed, so that nothing needs a minifier to run.

Writes appliance/ingest/tracker/script.js (what most sites need) and script.full.js (everything) and prints their
sizes. `--check` writes nothing and fails if a built file is not what the source gives.
"""

import gzip
import re
import sys
from pathlib import Path
from typing import NamedTuple

import minify

TRACKER = Path(__file__).resolve().parents[1] / "appliance/ingest/tracker"
_FULL_ONLY = re.compile(r"/\* full:.*?:full \*/", re.DOTALL)


class Build(NamedTuple):
    """One built script."""

    name: str
    text: str
    limit_bytes: int
    """What it may have at most, compressed."""

    @property
    def compressed_bytes(self) -> int:
        """Size as `gzip -9` makes it."""
        return len(gzip.compress(self.text.encode(), 9, mtime=0))


def builds() -> tuple[Build, Build]:
    """Both scripts, made of the source."""
    source = (TRACKER / "source.js").read_text(encoding="utf-8")
    return (
        Build("script.js", _minified(_FULL_ONLY.sub("", source)), 1_100),
        Build("script.full.js", _minified(source), 2_000),
    )


def _minified(source: str) -> str:
    return str(minify.string("text/javascript", source))


def sizes() -> list[str]:
    """One line for each script."""
    return [
        f"{build.name}: {len(build.text.encode()):,} bytes, {build.compressed_bytes:,} compressed "
        f"(at most {build.limit_bytes:,})"
        for build in builds()
    ]


def main(arguments: list[str]) -> int:
    """Write or check."""
    stale = [
        build.name
        for build in builds()
        if not (TRACKER / build.name).is_file() or (TRACKER / build.name).read_text(encoding="utf-8") != build.text
    ]
    if "--check" in arguments:
        for name in stale:
            sys.stderr.write(f"{name} is not what source.js gives: run `make tracker`\n")
        return 1 if stale else 0
    for build in builds():
        (TRACKER / build.name).write_text(build.text, encoding="utf-8")
    sys.stdout.write("\n".join(sizes()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
