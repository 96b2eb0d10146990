"""Techniques that make new code, take too much memory, or reach the kernel by another door."""

from __future__ import annotations

import ctypes

from tests.jail.escapes.calls import HERE, LIBC, X86_64, call, raw
from tests.jail.escapes.world import SECRET, World, technique

MEMORY = "code and memory"
READ, WRITE, EXECUTE = 1, 2, 4
PRIVATE_ANONYMOUS, NO_RESERVE = 0x22, 0x4000
FORTY_TWO = bytes.fromhex("b82a000000c3" if X86_64 else "40058052c0035fd6")
"""A function that returns 42."""
INT_80 = bytes.fromhex("53b814000000cd805bc3" if X86_64 else "c0035fd6")
"""A function that calls getpid as 32-bit programs do."""


def mapped(protection: int, size: int = 4096, flags: int = PRIVATE_ANONYMOUS) -> int:
    address = call("mmap", None, size, protection, flags, -1, 0)
    return address & 0xFFFF_FFFF_FFFF_FFFF


def put(address: int, code: bytes) -> None:
    ctypes.memmove(address, code, len(code))


def run(address: int) -> int:
    result: int = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return result


def prepare_code() -> int:
    """A page of code that is mapped before the lock."""
    page = mapped(READ | WRITE)
    put(page, INT_80)
    LIBC.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(4096), READ | EXECUTE)
    return page


@technique(MEMORY, "map memory writable and executable")
def writable_code(_world: World) -> bool:
    page = mapped(READ | WRITE | EXECUTE)
    put(page, FORTY_TWO)
    return run(page) == 42


@technique(MEMORY, "make written memory executable (mprotect)")
def protect(_world: World) -> bool:
    page = mapped(READ | WRITE)
    put(page, FORTY_TWO)
    call("mprotect", page, 4096, READ | EXECUTE)
    return run(page) == 42


@technique(MEMORY, "make written memory executable (pkey_mprotect)")
def protect_with_key(_world: World) -> bool:
    page = mapped(READ | WRITE)
    put(page, FORTY_TWO)
    call("pkey_mprotect", page, 4096, READ | EXECUTE, -1)
    return run(page) == 42


@technique(MEMORY, "make all memory executable (personality)")
def personality(_world: World) -> bool:
    read_implies_execute = 0x0400000
    call("personality", read_implies_execute)
    page = mapped(READ | WRITE)
    put(page, FORTY_TWO)
    return run(page) == 42


@technique(MEMORY, "write over its own code through /proc/self/mem")
def own_memory(world: World) -> bool:
    file = call("openat", HERE, b"/proc/self/mem", 2)
    LIBC.pwrite.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_long)
    return bool(LIBC.pwrite(file, FORTY_TWO, len(FORTY_TWO), world.code) == len(FORTY_TWO))


@technique(MEMORY, "6 GiB of memory")
def too_much(_world: World) -> bool:
    return mapped(READ | WRITE, 6 << 30, PRIVATE_ANONYMOUS | NO_RESERVE) > 0


@technique(MEMORY, "raise its own limits")
def raise_limit(_world: World) -> bool:
    file_size, size = 1, 4096
    return call("prlimit64", 0, file_size, (ctypes.c_uint64 * 2)(size, size), None) == 0


@technique(MEMORY, "shared memory of another process (shmget)")
def shared_memory(world: World) -> bool:
    address = call("shmat", call("shmget", world.shared, 4096, 0), None, 0)
    return ctypes.string_at(address & 0xFFFF_FFFF_FFFF_FFFF, len(SECRET)) == SECRET


@technique(MEMORY, "io_uring", parent=True)
def io_uring(_world: World) -> bool:
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0


@technique(MEMORY, "bpf", parent=True)
def bpf(_world: World) -> bool:
    create_map = 0
    return call("bpf", create_map, (ctypes.c_uint32 * 32)(2, 4, 8, 1), 128) >= 0


@technique(MEMORY, "userfaultfd", parent=True)
def userfaultfd(_world: World) -> bool:
    user_mode_only = 1
    return call("userfaultfd", user_mode_only) >= 0


@technique(MEMORY, "perf_event_open", parent=True)
def perf(_world: World) -> bool:
    software, task_clock, user_only = 1, 1, 1 << 5 | 1 << 6
    attributes = (ctypes.c_uint64 * 16)()
    attributes[0], attributes[1], attributes[5] = 128 << 32 | software, task_clock, user_only
    return call("perf_event_open", attributes, 0, -1, -1, 0) >= 0


@technique(MEMORY, "kernel keyring (keyctl)", parent=True)
def keyctl(_world: World) -> bool:
    give_id, process_keyring = 0, -2
    return call("keyctl", give_id, process_keyring, 1) > 0


@technique(MEMORY, "32-bit system calls (int 0x80)", parent=True)
def int_80(world: World) -> bool:
    return X86_64 and run(world.code) > 0


@technique(MEMORY, "x32 system calls", parent=True)
def x32(_world: World) -> bool:
    getpid = 39
    return X86_64 and raw(0x4000_0000 | getpid) > 0
