"""The page that holds the keys: one file on tmpfs, mapped shared and locked by every process that may see keys.

Each slot has three independent random 32-byte fields under a name such as `example.org|2026-11-23`. Random bytes
are read straight into the page and zeroed in place; no copy of them is ever a Python object. A destroyed slot
keeps its name for a week as a tombstone, so that no process makes a second key for a day that is over.

A process may be killed between any two writes. A slot is live only once all of it is written, and dead before it is
zeroed, both by one store of its head; the next process that opens the page finishes what a dead one has begun.

Layout: header (magic, generation), acknowledgements (pid, generation) of the processes that map the page, slots.
"""

import ctypes
import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from appliance.errors import ApplianceError, StartError

_MAGIC = b"APKEYS01"
_HEADER_BYTES = 4096
_SLOT_BYTES = 256
_N_SLOTS = 4096
_PAGE_BYTES = _HEADER_BYTES + _N_SLOTS * _SLOT_BYTES
_GENERATION = struct.Struct("<Q")
_GENERATION_AT = 8
_ACKS_AT = 256
_ACK = struct.Struct("<IIQ")
_N_ACKS = 128
_HEAD = struct.Struct("<BBH")
"""State, whether it stands in the evidence log, length of the name."""
_SLOT = struct.Struct("<BBHIQ144s")
_CREATED_AT, _NAME_AT = 4, 16
_CREATED = struct.Struct("<IQ")
_SECRET_AT = _SLOT.size
_FIELD_BYTES = 32
_SECRET_BYTES = 3 * _FIELD_BYTES
_FREE, _LIVE, _DESTROYED = 0, 1, 2
_TOMBSTONE_MS = 7 * 24 * 3600 * 1000


class Slot(NamedTuple):
    """A live key as the page knows it."""

    number: int
    name: str
    created_ms: int
    is_logged: bool
    """The evidence log has an entry of the creation; of a destroyed key, of its end."""
    created_uptime: int = 0
    """Seconds that the machine had run at the creation; 0: not known."""


class KeyPage:
    """The mapped file. Every change happens under an exclusive lock on it.

    Privacy: the only home of keys. Views handed out point into the page; nothing is copied.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with self.locked():
            if os.fstat(self._file).st_size == 0:
                os.ftruncate(self._file, _PAGE_BYTES)
            if os.fstat(self._file).st_size != _PAGE_BYTES:
                raise StartError(f"{path} is not a key page of this version; remove it to start with new keys")
            self._map = mmap.mmap(self._file, _PAGE_BYTES, mmap.MAP_SHARED)
            if not any(self._map[:_HEADER_BYTES]) and self._map[_HEADER_BYTES] == _FREE:
                self._map[: len(_MAGIC)] = _MAGIC
            elif self._map[: len(_MAGIC)] != _MAGIC:
                raise StartError(f"{path} is not a key page of this version; remove it to start with new keys")
            self._view = memoryview(self._map)
            self._lock_in_memory(path)
            self._finish_what_was_begun()
            self._ack_at = self._register()

    def _lock_in_memory(self, path: Path) -> None:
        self._map.madvise(mmap.MADV_DONTDUMP)
        address = ctypes.byref(ctypes.c_char.from_buffer(self._map))
        if ctypes.CDLL(None, use_errno=True).mlock(address, ctypes.c_size_t(_PAGE_BYTES)) != 0:
            reason = os.strerror(ctypes.get_errno())
            raise StartError(
                f"{path} cannot be locked in memory ({reason}); allow {_PAGE_BYTES // 1024} kB of locked "
                "memory (ulimit -l, LimitMEMLOCK=)"
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the exclusive lock on the page. Not re-entrant."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    @property
    def generation(self) -> int:
        """Rises by one with each destruction; whoever saw an older one must drop what it built on the page."""
        return int(_GENERATION.unpack_from(self._map, _GENERATION_AT)[0])

    def acknowledge(self, generation: int) -> None:
        """Say that this process has dropped everything built before `generation`."""
        _ACK.pack_into(self._map, self._ack_at, os.getpid(), 0, generation)

    def laggards(self, generation: int) -> list[int]:
        """Pids of living processes that have not acknowledged `generation` yet."""
        return [
            pid for _, pid, seen in self._acks() if pid and seen < generation and pid != os.getpid() and _is_alive(pid)
        ]

    def live_slots(self) -> list[Slot]:
        """All live keys."""
        return [slot for state, slot in self._slots() if state == _LIVE]

    def unlogged_tombstones(self) -> list[Slot]:
        """Destroyed keys whose end does not stand in the evidence log."""
        return [slot for state, slot in self._slots() if state == _DESTROYED and not slot.is_logged]

    def find(self, name: str) -> Slot | None:
        """The live key of that name. Call under the lock."""
        for state, slot in self._slots():
            if slot.name == name:
                return slot if state == _LIVE else None
        return None

    def was_destroyed(self, name: str) -> bool:
        """Whether a key of that name was destroyed within the last week."""
        return any(state == _DESTROYED and slot.name == name for state, slot in self._slots())

    def create(self, name: str, now_ms: int, uptime: int = 0) -> Slot:
        """Fill a free slot with fresh random bytes. Call under the lock, after `find` found nothing."""
        encoded = name.encode()
        for number in range(_N_SLOTS):
            at = _HEADER_BYTES + number * _SLOT_BYTES
            state, _, _, _, created_ms, _ = _SLOT.unpack_from(self._map, at)
            if state == _FREE or (state == _DESTROYED and created_ms < now_ms - _TOMBSTONE_MS):
                if state == _DESTROYED:
                    self._set_head(at, _DESTROYED, 1, 0)  # a tombstone of nothing, whatever name comes below
                self._fill_random(at + _SECRET_AT)
                self._map[at + _NAME_AT : at + _SECRET_AT] = encoded.ljust(_SECRET_AT - _NAME_AT, b"\0")
                _CREATED.pack_into(self._map, at + _CREATED_AT, uptime, now_ms)
                self._set_head(at, _LIVE, 0, len(encoded))
                return Slot(number, name, now_ms, False, uptime)
        raise ApplianceError(f"the key page has no room for another key ({_N_SLOTS} are in use)")

    def fields(self, slot: Slot) -> tuple[memoryview, memoryview, memoryview]:
        """Views of the three random fields in the page: tag, token, seal."""
        at = _HEADER_BYTES + slot.number * _SLOT_BYTES + _SECRET_AT
        tag, token, seal = (self._view[at + n * _FIELD_BYTES : at + (n + 1) * _FIELD_BYTES] for n in range(3))
        return tag, token, seal

    def secret(self, slot: Slot) -> memoryview:
        """View of all three fields at once, for the commitment."""
        at = _HEADER_BYTES + slot.number * _SLOT_BYTES + _SECRET_AT
        return self._view[at : at + _SECRET_BYTES]

    def mark_logged(self, slot: Slot) -> None:
        """Note that the creation of this key, or its end, stands in the evidence log."""
        self._map[_HEADER_BYTES + slot.number * _SLOT_BYTES + 1] = 1

    def destroy(self, slot: Slot) -> int:
        """Zero the key in place, leave a tombstone, verify, and return the new generation. Under the lock."""
        at = _HEADER_BYTES + slot.number * _SLOT_BYTES
        self._set_head(at, _DESTROYED, 0, len(slot.name.encode()))
        self._zero(at)
        if any(self._map[at + _SECRET_AT : at + _SLOT_BYTES]):
            raise ApplianceError(f"the key {slot.name} could not be zeroed")
        return self._next_generation()

    def _finish_what_was_begun(self) -> None:
        """Zero what a killed process left of a key that is dead, or was not live yet, and have its objects dropped."""
        begun = False
        for number in range(_N_SLOTS):
            at = _HEADER_BYTES + number * _SLOT_BYTES
            state, is_logged, _ = _HEAD.unpack_from(self._map, at)
            begun |= state == _DESTROYED and not is_logged
            if state != _LIVE and any(self._map[at + _SECRET_AT : at + _SLOT_BYTES]):
                self._zero(at)
            if state == _FREE:
                break
        if begun:
            self._next_generation()

    def _zero(self, at: int) -> None:
        self._map[at + _SECRET_AT : at + _SECRET_AT + _SECRET_BYTES] = bytes(_SECRET_BYTES)

    def _next_generation(self) -> int:
        generation = self.generation + 1
        _GENERATION.pack_into(self._map, _GENERATION_AT, generation)
        return generation

    def _set_head(self, at: int, state: int, is_logged: int, length: int) -> None:
        """Written by one store: no process ever sees, and none can leave, a part of it."""
        self._map[at : at + _HEAD.size] = _HEAD.pack(state, is_logged, length)

    def forget(self, prefix: str) -> None:
        """Let destroyed keys whose names begin so be made anew. Under the lock."""
        for state, slot in self._slots():
            if state == _DESTROYED and slot.name.startswith(prefix):
                at = _HEADER_BYTES + slot.number * _SLOT_BYTES
                self._set_head(at, _DESTROYED, 1, 0)
                self._map[at + _NAME_AT : at + _SECRET_AT] = bytes(_SECRET_AT - _NAME_AT)

    def _slots(self) -> Iterator[tuple[int, Slot]]:
        for number in range(_N_SLOTS):
            at = _HEADER_BYTES + number * _SLOT_BYTES
            state = self._map[at]
            if state == _FREE:
                return  # slots are filled from the front and never freed but reused
            _, logged, length, uptime, created_ms, name = _SLOT.unpack_from(self._map, at)
            yield state, Slot(number, name[:length].decode(), created_ms, bool(logged), uptime)

    def _fill_random(self, at: int) -> None:
        with open("/dev/urandom", "rb", buffering=0) as source:  # noqa: PTH123  into the page, no copy
            if source.readinto(self._view[at : at + _SECRET_BYTES]) != _SECRET_BYTES:
                raise ApplianceError("the system's random source gave too few bytes")

    def _acks(self) -> Iterator[tuple[int, int, int]]:
        for index in range(_N_ACKS):
            at = _ACKS_AT + index * _ACK.size
            pid, _, seen = _ACK.unpack_from(self._map, at)
            yield at, pid, seen

    def _register(self) -> int:
        for at, pid, _ in self._acks():
            if pid in (0, os.getpid()) or not _is_alive(pid):
                _ACK.pack_into(self._map, at, os.getpid(), 0, self.generation)
                return at
        raise StartError(f"more than {_N_ACKS} processes use the key page")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
