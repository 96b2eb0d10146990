"""The few calls to the system that Python has no function for, with their failures as `OSError`."""

from __future__ import annotations

import ctypes
import platform
import sys
from enum import Enum

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4


class Machine(Enum):
    """Processors whose system call numbers are known here."""

    X86_64 = "x86_64"
    AARCH64 = "aarch64"


def machine() -> Machine | None:
    """This machine, or None where the sandbox has no tables for it."""
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        return None
    return {"x86_64": Machine.X86_64, "aarch64": Machine.AARCH64}.get(platform.machine())


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number."""
    libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    libc.syscall.restype = ctypes.c_long
    answer: int = libc.syscall(ctypes.c_long(number), *words)
    if answer == -1:
        raise OSError(ctypes.get_errno(), "")
    return answer


def give_memory_back() -> None:
    """Give back what was freed, above all by threads that have ended: what they kept nobody else would use."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc's
        trim(0)


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "")
