"""What outlives its process in no file: System V shared memory, queues and semaphores (sysvipc(7)), and keys."""

from __future__ import annotations

import contextlib
import ctypes
from dataclasses import dataclass

from cloister.review.watch import calls

MOST = 64 << 20
_READ_ONLY = 0o10000
_MOST_KEYS = 10_000
_GROUP_READS, _OTHERS_READ = 0x200, 0x2
_KINDS = {"shm": "shared memory", "msg": "message queue", "sem": "semaphores"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One of them. `data` is None where it cannot be read."""

    name: str
    mode: int
    size: int
    data: bytes | None


def segments() -> dict[str, Segment]:
    """All that are there, by name."""
    found = {}
    for kind, called in _KINDS.items():
        with contextlib.suppress(OSError), open(f"/proc/sysvipc/{kind}", encoding="ascii", errors="replace") as file:
            for line in list(file)[1:]:
                _, number, mode, size = (int(word, 8 if i == 2 else 10) for i, word in enumerate(line.split()[:4]))  # noqa: PLR2004
                name = f"(System V {called} {number})"
                held = size if kind == "shm" else 0
                found[name] = Segment(name, mode & 0o777, held, _contents(number, size) if kind == "shm" else None)
    return found | _keys()


def _keys() -> dict[str, Segment]:
    """What the user's keyrings hold, which a session of our own reaches: those of this user namespace and no other."""
    found: dict[str, Segment] = {}
    rings, known = [calls.SESSION], set[int]()
    while rings and len(known) < _MOST_KEYS:
        ring = rings.pop()
        if (held := calls.keys_in(ring)) is None:
            found[f"(keyring {ring})"] = Segment(f"(keyring {ring})", 0o600, 0, None)
        for number in held or ():
            if number in known:
                continue
            known.add(number)
            kind, mode, about = calls.key_described(number)
            if kind == "keyring":
                rings.append(number)
                continue
            data = calls.key_contents(number)
            readable = 0o600 | (0o040 if mode & _GROUP_READS else 0) | (0o004 if mode & _OTHERS_READ else 0)
            name = f"(key {number} {kind} {about})"
            found[name] = Segment(name, readable, len(data or b""), data)
    return found


def _contents(number: int, size: int) -> bytes | None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    if size > MOST:
        return None
    address = libc.shmat(number, None, _READ_ONLY)
    if address in {None, ctypes.c_void_p(-1).value}:
        return None
    data = ctypes.string_at(address, size)
    libc.shmdt(ctypes.c_void_p(address))
    return data
