"""The calls to the system for namespaces, mounts and privileges, as the C library has them. Failures are `OSError`."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

NEW_MOUNTS, NEW_NAMES, NEW_IPC, NEW_USERS = 0x0002_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000
NEW_PROCESSES, NEW_NETWORK = 0x2000_0000, 0x4000_0000
READ_ONLY, NO_SETUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_DETACH = 2
_VERSION_3 = 0x2008_0522
_PTRACE = 19
_AMBIENT, _RAISE = 47, 2
_SUBREAPER, _DUMPABLE = 36, 4
_JOIN_SESSION_KEYRING, _DESCRIBE, _LINK, _READ = 1, 6, 8, 11
SESSION, _USER, _USER_SESSION, _PERSISTENT = -3, -4, -5, 22
_KEYCTL = {"x86_64": 250, "aarch64": 219}

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(answer: int, about: str = "") -> None:
    if answer:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), about)


def unshare(what: int) -> None:
    """Move into new namespaces."""
    _checked(_libc.unshare(what))


def map_ids(inner: int, user: int, group: int) -> None:
    """Have `user` and `group` of the host be `inner` in here; nobody else is anybody here."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{inner} {group} 1")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str | None = None) -> None:
    """Mount something."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, options)]
    _checked(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), target)


def bind(source: str, target: str, *, whole: bool = False) -> None:
    """Show a file or folder at a second place; `whole` with all that is mounted below it."""
    mount(source, target, None, BIND | (RECURSIVE if whole else 0))


def make_read_only(target: str) -> None:
    """Take the right to write from a mount. What the host has locked, such as nodev, has to be said again."""
    known = os.statvfs(target).f_flag
    kept = known & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME | os.ST_RELATIME)
    relatime = 1 << 21 if kept & os.ST_RELATIME else 0
    mount("none", target, None, REMOUNT | BIND | READ_ONLY | kept & ~os.ST_RELATIME | relatime)


def enter_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of the old one."""
    os.chdir(folder)
    _checked(_libc.pivot_root(b".", b"."))
    _checked(_libc.umount2(b".", _DETACH))
    os.chdir("/")


def keep_ptrace() -> None:
    """Have programs that are started from here keep one privilege in their user namespace: to watch others there."""
    head = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    _checked(_libc.capget(head, held))
    held[2] = 1 << _PTRACE
    _checked(_libc.capset(head, held))
    _checked(_libc.prctl(_AMBIENT, _RAISE, ctypes.c_ulong(_PTRACE), 0, 0))


def set_dumpable(*, yes: bool) -> None:
    """Whether other processes of the same user may look into this one."""
    _checked(_libc.prctl(_DUMPABLE, ctypes.c_ulong(yes), 0, 0, 0))


def own_keyring() -> None:
    """Leave the session keyring of whoever started this, and reach from the new one what the user's keyrings hold.

    Keys are another way to keep something (keyrings(7)). A kernel without them refuses all of this.
    """
    _keyctl(_JOIN_SESSION_KEYRING, None)
    for keyring in (_USER, _USER_SESSION):
        _keyctl(_LINK, ctypes.c_long(keyring), ctypes.c_long(SESSION))
    _keyctl(_PERSISTENT, ctypes.c_long(-1), ctypes.c_long(SESSION))


def key_contents(number: int) -> bytes | None:
    """What a key of the kernel's holds, up to 1 MiB; None where it may not be read (keyctl_read(2))."""
    return _held(_READ, number)


def keys_in(keyring: int) -> list[int] | None:
    """The numbers of the keys in a keyring; None where it may not be read."""
    if (held := _held(_READ, keyring)) is None:
        return None
    return [number for (number,) in struct.iter_unpack("=i", held[: len(held) // 4 * 4])]


def key_described(number: int) -> tuple[str, int, str]:
    """A key's type, its permissions and its description; "unknown" where they may not be seen."""
    told = (_held(_DESCRIBE, number) or b"").rstrip(b"\0").decode("utf-8", "surrogateescape").split(";", 4)
    return (told[0], int(told[3], 16), told[4]) if len(told) == 5 else ("unknown", 0, "")  # noqa: PLR2004 - keyctl_describe(3)


def _held(what: int, number: int) -> bytes | None:
    held = ctypes.create_string_buffer(1 << 20)
    size = _keyctl(what, ctypes.c_long(number), held, ctypes.c_size_t(len(held)))
    return held.raw[:size] if 0 <= size <= len(held) else None


def _keyctl(what: int, *words: object) -> int:
    number = _KEYCTL.get(os.uname().machine)
    return -1 if number is None else int(_libc.syscall(ctypes.c_long(number), ctypes.c_long(what), *words))


def adopt() -> None:
    """Become the parent of every orphan among one's descendants."""
    _checked(_libc.prctl(_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0))
