"""Landlock: takes every file, port and outside process from the calling thread.

See docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os

from cloister.jail.kernel import Machine, syscall
from cloister.jail.syscalls import known

_GIVE_VERSION = 1
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files the ABI has, from the version that brought the last of them."""
_TCP, _SCOPES = 0b11, 0b11
"""Bind and connect (from 4 on); abstract sockets and signals (from 6 on)."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


def abi(machine: Machine) -> int:
    """The version of Landlock that this kernel speaks, 0 for none."""
    try:
        return syscall(known("landlock_create_ruleset", machine), None, 0, _GIVE_VERSION)
    except OSError:
        return 0


def deny_all(machine: Machine) -> None:
    """Handle every right that the kernel knows and grant none. Needs no_new_privs. Raises `OSError`."""
    version = abi(machine)
    rights = max(count for since, count in _FILE_RIGHTS.items() if since <= max(version, 1))
    ruleset = _Ruleset((1 << rights) - 1, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    handle = syscall(known("landlock_create_ruleset", machine), ctypes.byref(ruleset), size, 0)
    try:
        syscall(known("landlock_restrict_self", machine), handle, 0)
    finally:
        os.close(handle)

