"""Keeps libde265 in one thread: libheif has it start another for every HEIC picture, with no setting against it.

A locked jail may start no thread, and letting it do so for the sake of one decoder would weaken it for
all. So the function that starts them is overwritten, in this process's memory and before the lock, with
one that returns 0: the decoder then works in the calling thread, a mode that it supports
(libde265's own `dec265 --threads 0`). Must be called after `pi_heif` was imported.
"""

from __future__ import annotations

import ctypes
import mmap
import os

_RETURN_0 = {
    "x86_64": bytes.fromhex("f30f1efa 31c0 c3"),  # endbr64; xor eax, eax; ret
    "aarch64": bytes.fromhex("00008052 c0035fd6"),  # mov w0, #0; ret
}


def keep_in_one_thread() -> None:
    """Overwrite `de265_start_worker_threads`. Without libde265, or on another machine, nothing is done."""
    code, path = _RETURN_0.get(os.uname().machine), _library()
    if code is None or path is None:
        return
    start = getattr(ctypes.CDLL(path), "de265_start_worker_threads", None)
    if start is None:
        return
    address = ctypes.cast(start, ctypes.c_void_p).value or 0
    first = address - address % mmap.PAGESIZE
    size = address + len(code) - first
    _protect(first, size, mmap.PROT_READ | mmap.PROT_WRITE)
    ctypes.memmove(address, code, len(code))
    _protect(first, size, mmap.PROT_READ | mmap.PROT_EXEC)


def _library() -> str | None:
    """Where the loaded libde265 lies."""
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123 - pathlib is not loaded in a jail
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if "libde265" in line}
    return paths.pop() if len(paths) == 1 else None


def _protect(address: int, size: int, rights: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(size), rights):
        raise OSError(ctypes.get_errno(), "")
