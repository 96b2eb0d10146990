"""Seccomp filters: a small assembler for classic BPF, the two filters that are used, and their loading.

A filter is a list of 8-byte instructions that the kernel runs before every system call, on the call's
number, the machine it was made for, and its arguments (linux/seccomp.h, linux/filter.h).
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable
from enum import IntEnum

from cloister.jail.kernel import PROT_EXEC, Machine, syscall
from cloister.jail.syscalls import known, number

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
AT_NUMBER, AT_MACHINE, AT_ARGUMENTS = 0, 4, 16
KILL, ALLOW, ERRNO = 0x8000_0000, 0x7FFF_0000, 0x0005_0000
_AUDIT = {Machine.X86_64: 0xC000_003E, Machine.AARCH64: 0xC000_00B7}
_X32 = 0x4000_0000
_SET_MODE_FILTER, _GET_ACTION_AVAILABLE, _TSYNC = 1, 2, 1
_HAS_PROTECTION = ("mmap", "mprotect")
"""Calls whose third argument is the protection of memory."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class Answer(IntEnum):
    """What a filter can answer."""

    ALLOW = ALLOW
    KILL = KILL
    NOT_THERE = ERRNO | errno.ENOENT
    NOT_PERMITTED = ERRNO | errno.EPERM


def _one(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _prologue(machine: Machine, foreign: Answer) -> bytes:
    """Answer `foreign` to calls made for another machine, int 0x80 and x32 among them; load the number."""
    program = _one(LOAD, AT_MACHINE) + _one(JUMP_EQUAL, _AUDIT[machine], 1) + _one(RETURN, foreign)
    program += _one(LOAD, AT_NUMBER)
    if machine is Machine.X86_64:
        program += _one(JUMP_AT_LEAST, _X32, 0, 1) + _one(RETURN, foreign)
    return program


def _each(names: Iterable[str], machine: Machine, answer: Answer) -> bytes:
    program = b""
    for name in names:
        if (call := number(name, machine)) is not None:
            program += _one(JUMP_EQUAL, call, 0, 1) + _one(RETURN, answer)
    return program


def _unless_executable(names: Iterable[str], machine: Machine) -> bytes:
    """Allow calls that map memory, but kill when they ask for it to be executable."""
    program = b""
    for name in names:
        if (call := number(name, machine)) is not None:
            program += _one(JUMP_EQUAL, call, 0, 4) + _one(LOAD, AT_ARGUMENTS + 8 * 2)
            program += _one(JUMP_BITS, PROT_EXEC, 0, 1) + _one(RETURN, KILL) + _one(RETURN, ALLOW)
    return program


def jail_filter(machine: Machine, allowed: Iterable[str], absent: Iterable[str]) -> bytes:
    """Allow `allowed` (never executable memory), say ENOENT to `absent`, kill the process on all else."""
    plain = [name for name in allowed if name not in _HAS_PROTECTION]
    mapping = [name for name in allowed if name in _HAS_PROTECTION]
    program = _prologue(machine, Answer.KILL) + _each(plain, machine, Answer.ALLOW)
    program += _unless_executable(mapping, machine) + _each(absent, machine, Answer.NOT_THERE)
    return program + _one(RETURN, KILL)


def refusing_filter(machine: Machine, refused: Iterable[str]) -> bytes:
    """Say EPERM to `refused` and to every call made for another machine; allow all else."""
    program = _prologue(machine, Answer.NOT_PERMITTED) + _each(refused, machine, Answer.NOT_PERMITTED)
    return program + _one(RETURN, ALLOW)


def load(program: bytes, machine: Machine) -> None:
    """Put a filter on every thread of this process, for ever. Raises `OSError`."""
    described = _Program(len(program) // 8, program)
    if syscall(known("seccomp", machine), _SET_MODE_FILTER, _TSYNC, ctypes.byref(described)) != 0:
        raise OSError(errno.ESRCH, "")  # the number of a thread that could not be bound


def can_kill(machine: Machine) -> bool:
    """Whether this kernel has filters, and can kill a whole process from one."""
    try:
        syscall(known("seccomp", machine), _GET_ACTION_AVAILABLE, 0, ctypes.byref(ctypes.c_uint32(KILL)))
    except OSError:
        return False
    return True
