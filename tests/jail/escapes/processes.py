"""Techniques that make, read, steer or signal processes."""

from __future__ import annotations

import ctypes
import os
import signal

from tests.jail.escapes.calls import HERE, LIBC, call, vector
from tests.jail.escapes.world import SECRET, World, technique

PROCESSES = "processes"
EXITED = 42
"""The status of a program that an exec technique starts; the table counts it as an escape."""
HARMLESS = signal.SIGURG
"""Ignored by who gets it: that it may be sent at all is the escape."""
NEW_USER, NEW_IPC = 0x1000_0000, 0x0800_0000


def program() -> tuple[object, object]:
    arguments = (ctypes.c_char_p * 4)(b"sh", b"-c", b"exit 42", None)
    return arguments, (ctypes.c_char_p * 1)(None)


def survives(pid: int) -> bool:
    if pid == 0:
        os._exit(0)
    return pid > 0


@technique(PROCESSES, "execve")
def execve(_world: World) -> bool:
    return call("execve", b"/bin/sh", *program()) == 0


@technique(PROCESSES, "execveat")
def execveat(_world: World) -> bool:
    return call("execveat", HERE, b"/bin/sh", *program(), 0) == 0


@technique(PROCESSES, "fork")
def fork(_world: World) -> bool:
    return survives(call("clone", int(signal.SIGCHLD), 0, 0, 0, 0))


@technique(PROCESSES, "vfork")
def vfork(_world: World) -> bool:
    parent_waits = 0x4000
    return survives(call("clone", parent_waits | int(signal.SIGCHLD), 0, 0, 0, 0))


@technique(PROCESSES, "clone3")
def clone3(_world: World) -> bool:
    return survives(call("clone3", (ctypes.c_uint64 * 8)(0, 0, 0, 0, int(signal.SIGCHLD)), 64))


@technique(PROCESSES, "ptrace", parent=True)
def ptrace(world: World) -> bool:
    seize = 0x4206
    return call("ptrace", seize, world.victim, 0, 0) == 0


@technique(PROCESSES, "process_vm_readv", parent=True)
def read_memory(world: World) -> bool:
    held = ctypes.create_string_buffer(len(SECRET))
    mine = vector(ctypes.addressof(held), len(SECRET))
    call("process_vm_readv", world.victim, mine, 1, vector(world.address, len(SECRET)), 1, 0)
    return held.raw == SECRET


@technique(PROCESSES, "process_vm_writev", parent=True)
def write_memory(world: World) -> bool:
    held = ctypes.create_string_buffer(SECRET)
    mine, theirs = vector(ctypes.addressof(held), 8), vector(world.address, 8)
    return call("process_vm_writev", world.victim, mine, 1, theirs, 1, 0) == 8


@technique(PROCESSES, "memory of a process (/proc/PID/mem)")
def memory_file(world: World) -> bool:
    file = call("openat", HERE, f"/proc/{world.victim}/mem".encode(), os.O_RDONLY)
    held = ctypes.create_string_buffer(len(SECRET))
    LIBC.pread.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long)
    return bool(LIBC.pread(file, held, len(SECRET), world.address) == len(SECRET) and held.raw == SECRET)


@technique(PROCESSES, "maps of its zygote (/proc/PARENT/maps)")
def zygote_maps(world: World) -> bool:
    file = call("openat", HERE, f"/proc/{world.zygote}/maps".encode(), os.O_RDONLY)
    return call("read", file, ctypes.create_string_buffer(64), 64) > 0


@technique(PROCESSES, "take a descriptor (pidfd_getfd)", parent=True)
def take_descriptor(world: World) -> bool:
    return call("pidfd_getfd", call("pidfd_open", world.victim, 0), 0, 0) >= 0


@technique(PROCESSES, "compare descriptors (kcmp)", parent=True)
def compare(world: World) -> bool:
    files = 2
    return call("kcmp", world.zygote, world.victim, files, 0, 0) >= 0


@technique(PROCESSES, "kill a process")
def kill(world: World) -> bool:
    return call("kill", world.victim, int(HARMLESS)) == 0


@technique(PROCESSES, "kill the zygote")
def kill_zygote(world: World) -> bool:
    return call("kill", world.zygote, int(HARMLESS)) == 0


@technique(PROCESSES, "tgkill")
def tgkill(world: World) -> bool:
    return call("tgkill", world.victim, world.victim, int(HARMLESS)) == 0


@technique(PROCESSES, "rt_sigqueueinfo")
def queue_signal(world: World) -> bool:
    queued = -1
    info = (ctypes.c_int * 32)(int(HARMLESS), 0, queued)
    return call("rt_sigqueueinfo", world.victim, int(HARMLESS), info) == 0


@technique(PROCESSES, "pidfd_send_signal")
def pidfd_signal(world: World) -> bool:
    return call("pidfd_send_signal", call("pidfd_open", world.victim, 0), int(HARMLESS), None, 0) == 0


@technique(PROCESSES, "another's limits (prlimit)")
def limits(world: World) -> bool:
    core, none = 4, (ctypes.c_uint64 * 2)(0, 0)
    return call("prlimit64", world.victim, core, none, None) == 0


@technique(PROCESSES, "another's cores (sched_setaffinity)")
def affinity(world: World) -> bool:
    every = (ctypes.c_uint64 * 16)(*[0xFFFF_FFFF_FFFF_FFFF] * 16)
    return call("sched_setaffinity", world.victim, 128, every) == 0


@technique(PROCESSES, "another's priority (setpriority)")
def priority(world: World) -> bool:
    one_process, lowest = 0, 19
    return call("setpriority", one_process, world.victim, lowest) == 0


@technique(PROCESSES, "leave the process group")
def leave_group(_world: World) -> bool:
    return call("setpgid", 0, 0) == 0


@technique(PROCESSES, "outlive the parent (prctl)")
def outlive(_world: World) -> bool:
    parent_death_signal = 1
    return call("prctl", parent_death_signal, 0, 0, 0, 0) == 0


@technique(PROCESSES, "new user namespace (unshare)")
def unshare(_world: World) -> bool:
    return call("unshare", NEW_USER) == 0


@technique(PROCESSES, "enter a namespace (setns)")
def setns(world: World) -> bool:
    return call("setns", call("pidfd_open", world.victim, 0), NEW_IPC) == 0


@technique(PROCESSES, "mount", parent=True, bare=False)
def mount(world: World) -> bool:
    return call("mount", b"none", world.path("mnt"), b"tmpfs", 0, None) == 0


@technique(PROCESSES, "the host's name (uname)")
def uname(_world: World) -> bool:
    return call("uname", ctypes.create_string_buffer(390)) == 0
