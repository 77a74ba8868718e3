"""Where browsers find our own files: addresses that change whenever one of the files does, so each may be kept."""

import hashlib
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


def _version() -> str:
    """Twelve hex digits that follow from names and contents of all of them."""
    digest = hashlib.sha256()
    for path in sorted(ASSETS.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(ASSETS)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = _version()
PREFIX = f"/assets/{VERSION}/"
