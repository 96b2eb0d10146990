"""Landlock: takes every file, port and outside process from the calling thread.

See docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os

from cloister.jail.kernel import Machine, syscall
from cloister.jail.syscalls import known

_GIVE_VERSION, _BENEATH = 1, 1
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files the ABI has, from the version that brought the last of them."""
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_TCP, _SCOPES = 0b11, 0b11
"""Bind and connect; abstract sockets and signals."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def abi(machine: Machine) -> int:
    """The version of Landlock that this kernel speaks, 0 for none."""
    try:
        return syscall(known("landlock_create_ruleset", machine), None, 0, _GIVE_VERSION)
    except OSError:
        return 0


def deny(machine: Machine, *, but_reading: bool) -> None:
    """Handle every right that the kernel knows, and grant none (or none but reading files).

    Binds the calling thread and the threads it starts later. Needs no_new_privs. Raises `OSError`.
    """
    version = abi(machine)
    files = max(count for since, count in _FILE_RIGHTS.items() if since <= max(version, 1))
    ports, scopes = _TCP * (version >= _NETWORK_SINCE), _SCOPES * (version >= _SCOPES_SINCE)
    ruleset = _Ruleset((1 << files) - 1, ports, scopes)
    size = 24 if scopes else 16 if ports else 8
    handle = syscall(known("landlock_create_ruleset", machine), ctypes.byref(ruleset), size, 0)
    try:
        if but_reading:
            _grant_reading(machine, handle)
        syscall(known("landlock_restrict_self", machine), handle, 0)
    finally:
        os.close(handle)


def _grant_reading(machine: Machine, handle: int) -> None:
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(_EXECUTE | _READ_FILE | _READ_FOLDER, root)
        syscall(known("landlock_add_rule", machine), handle, _BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(root)
