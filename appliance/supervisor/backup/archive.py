"""A backup on disk: one tar file, or a directory with the same files. Written with mode 0600 and checked before use.

Names in an archive are believed only if they are ones that a backup has, so none leads out of its directory.
"""

import contextlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from appliance.directory_sync import sync_directory
from appliance.errors import StartError
from appliance.privacy.chain import walk
from appliance.supervisor.backup import manifest
from appliance.supervisor.backup.manifest import EVIDENCE, File, Manifest

_READ_BYTES = 1024 * 1024


class Archive:
    """A backup to read. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a tar file or a directory; raises StartError."""
        self.path = path
        self._tar: tarfile.TarFile | None = None
        self._names: set[str] = set()
        try:
            if path.is_dir():
                os.scandir(path).close()  # rglob takes one that is closed to us for an empty one
                self._names = {found.relative_to(path).as_posix() for found in path.rglob("*") if not found.is_dir()}
            else:
                self._tar = tarfile.open(path, "r:")  # noqa: SIM115  closed by __exit__
                self._names = {member.name for member in self._tar.getmembers() if member.isfile()}
        except tarfile.TarError as error:
            raise StartError(f"{path} is no backup, or one that was cut off ({_reason(error)})") from None
        except OSError as error:
            raise StartError(f"the backup {path} cannot be read ({_reason(error)})") from None

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._tar is not None:
            self._tar.close()

    def verify(self) -> Manifest:
        """Check every file against the manifest, and the chain of the evidence.

        Raises:
            StartError: what is wrong, with the name of the file.
        """
        if manifest.NAME not in self._names:
            raise StartError(f"{self.path} has no {manifest.NAME}: it is no backup, or one that was cut off")
        found = manifest.decode(self.read(manifest.NAME))
        if odd := sorted(self._names ^ {*found.files, manifest.NAME}):
            how = "not in the manifest" if odd[0] in self._names else "missing"
            raise StartError(f"{self.path}: {odd[0]} is {how}")
        for name, expected in found.files.items():
            if manifest.kind_of(name) is None or self._look(name) != expected:
                raise StartError(f"{self.path}: {name} is not what the manifest says; the backup is damaged")
        verdict = walk(self.read(EVIDENCE).splitlines())
        if (verdict.entries, verdict.head, verdict.broken_at) != (
            *(found.evidence.entries, found.evidence.head),
            found.evidence.broken_at,
        ):
            raise StartError(f"{self.path}: the chain of {EVIDENCE} is not the one that the manifest names")
        return found

    def read(self, name: str) -> bytes:
        """A small file as a whole; raises StartError."""
        return b"".join(self._chunks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """The unpacked pieces of a file of counters, one at a time; raises StartError."""
        unpack, piece = zlib.decompressobj(wbits=31), io.BytesIO()
        try:
            for chunk in self._chunks(name):
                rest = chunk
                while rest:
                    piece.write(unpack.decompress(rest))
                    rest = unpack.unused_data
                    if unpack.eof:
                        yield piece.getvalue()
                        unpack, piece = zlib.decompressobj(wbits=31), io.BytesIO()
        except zlib.error as error:
            raise StartError(f"{self.path}: {name} cannot be unpacked ({error})") from None

    def _look(self, name: str) -> File:
        seen, size = manifest.new_hash(), 0
        for chunk in self._chunks(name):
            seen.update(chunk)
            size += len(chunk)
        return File(seen.hexdigest(), size)

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._open(name) as file:
                while chunk := file.read(_READ_BYTES):
                    yield chunk
        except (OSError, tarfile.TarError) as error:
            raise StartError(f"{self.path}: {name} cannot be read ({_reason(error)})") from None

    def _open(self, name: str) -> IO[bytes]:
        file = (self.path / name).open("rb") if self._tar is None else self._tar.extractfile(name)
        if file is None:
            raise tarfile.ReadError("not a file")
        return file


@contextlib.contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """Where to write a new backup; it gets its name when the block ends well, and is removed if it does not.

    Raises:
        StartError: there is something of that name.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise StartError(f"{target} is there already; name a new file or an empty directory")
    partial = target.with_name(f".{target.name}.partial")
    _remove(partial)  # of an attempt that was killed
    try:
        yield partial
        if target.is_dir():
            target.rmdir()
        partial.rename(target)
        sync_directory(target.parent)
    except OSError as error:
        raise StartError(f"the backup {target} cannot be written ({error.strerror})") from None
    finally:
        _remove(partial)


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write an archive as it comes."""
    with _private(path) as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())


def write_directory(path: Path, chunks: Iterable[bytes]) -> None:
    """Unpack an archive as it comes.

    Raises:
        StartError: it holds what no backup has, or was cut off.
    """
    path.mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=_Stream(chunks), mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if manifest.kind_of(member.name) is not None else None
                if content is None:
                    raise StartError("the archive holds a file that no backup has")
                place = path / member.name
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with _private(place) as file:
                    shutil.copyfileobj(content, file)
                    file.flush()
                    os.fsync(file.fileno())
    except tarfile.TarError as error:
        raise StartError(f"the archive was cut off ({error})") from None


class _Stream(io.RawIOBase):
    """Chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Exactly so many bytes, fewer at the end."""
        found = [self._rest]
        length = len(self._rest)
        while length < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            found.append(chunk)
            length += len(chunk)
        content = b"".join(found)
        self._rest = content[size:]
        return content[:size]


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
