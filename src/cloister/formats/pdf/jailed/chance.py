"""Gives qpdf its random bytes from the kernel's getrandom.

qpdf opens /dev/urandom when it decrypts or encrypts with AES. A locked jail opens nothing; and were the
file opened before the lock, every child forked from the zygote would go on with the same buffered bytes.
libqpdf takes a provider of its own (`QUtil::setRandomDataProvider`): a C++ object whose virtual table has
two destructors, which nobody calls, and `provideRandomData(unsigned char*, size_t)` (Itanium C++ ABI).
"""

from __future__ import annotations

import ctypes
import os

_SET = "_ZN5QUtil21setRandomDataProviderEP18RandomDataProvider"
_NO_CHANCE = 70
"""The exit status for the case that must never go unnoticed."""


def _provide(_this: int, into: int, size: int) -> None:
    try:
        held = b""
        while len(held) < size:
            held += os.getrandom(size - len(held))
        ctypes.memmove(into, held, size)
    except BaseException:  # noqa: BLE001 - qpdf would go on with what was in the buffer
        os._exit(_NO_CHANCE)


def _destroy(_this: int) -> None:
    """Nothing: the object lives as long as the process."""


# A callback is machine code that is made here, when the module is loaded: a locked jail could not make it.
_PROVIDE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(_provide)
_DESTROY = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_destroy)
_TABLE = (ctypes.c_void_p * 3)(*(ctypes.cast(f, ctypes.c_void_p) for f in (_DESTROY, _DESTROY, _PROVIDE)))
_PROVIDER = (ctypes.c_void_p * 1)(ctypes.addressof(_TABLE))


def from_kernel() -> None:
    """Set the provider. Call it before the lock; raises `OSError` if this libqpdf takes none."""
    try:
        take = getattr(ctypes.CDLL(_library()), _SET)
    except AttributeError:
        raise OSError from None
    take.argtypes, take.restype = (ctypes.c_void_p,), None
    take(ctypes.addressof(_PROVIDER))


def _library() -> str:
    """Where the loaded libqpdf lies."""
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123 - pathlib is not loaded in a jail
        for line in maps:
            if "libqpdf" in line:
                return line.split(maxsplit=5)[5].strip()
    raise OSError
