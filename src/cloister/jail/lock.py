"""Locks a process down, for ever: what a jail gives up, and how the parent gives up the network.

The order matters. Limits and privileges come first, as they need system calls that the filter forbids;
Landlock next; the filter last. Each layer is needed: Landlock alone still lets through UDP, setxattr
and threads that started earlier, and a filter alone cannot stop what the host allows by mistake.
"""

from __future__ import annotations

import ctypes
import mmap
import resource
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from cloister.errors import JailDied, Why
from cloister.jail import kernel, landlock, seccomp
from cloister.jail.kernel import PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, Machine, prctl, syscall
from cloister.jail.syscalls import known


class Layer(Enum):
    """The layers of the sandbox. All hold, wherever the host has them; tests run them one by one."""

    LIMITS = "limits"
    PRIVILEGES = "privileges"
    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


ALL = frozenset(Layer)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of jail may do.

    `memory` is in bytes of address space, shared libraries included. `cpu_seconds` backs up the
    parent's own clock; None where one process serves many documents. `allowed` and `absent` are
    names of system calls: allowed, or answered with ENOENT; every other call kills.
    """

    memory: int
    cpu_seconds: int | None
    allowed: tuple[str, ...]
    absent: tuple[str, ...]


_WORKING = ("read", "write", "mmap", "mprotect", "munmap", "mremap", "madvise", "brk", "futex", "exit_group")
_ABSENT = (
    *("open", "openat", "stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("lseek", "getcwd", "readlink", "readlinkat", "ioctl", "getdents64", "dup", "fcntl"),
)
"""Asked by parsers on honest files (pdfium looks for fonts, CPython for source lines) and never needed."""

RENDER = Profile(1 << 30, 3600, (*_WORKING, "clock_gettime"), _ABSENT)
RECOGNISE = Profile(
    4 << 30,
    None,
    (*_WORKING, "clock_gettime", "sched_yield", "sched_getaffinity"),
    (*_ABSENT, "sched_setaffinity", "mbind", "get_mempolicy"),
)
WRITE = Profile(2 << 30, 3600, (*_WORKING, "clock_gettime", "getrandom"), _ABSENT)
SCAN = Profile(3 << 30, 3600, (*_WORKING, "clock_gettime", "getrandom"), _ABSENT)

_NETWORK = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *("sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
)
_REACH = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp"),
    *("bpf", "userfaultfd", "perf_event_open", "keyctl", "add_key", "request_key"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"),
    *("open_by_handle_at", "fanotify_init"),
    *("mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount"),
    *("fspick", "mount_setattr", "swapon", "swapoff", "reboot", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "acct", "quotactl", "quotactl_fd"),
    *("syslog", "iopl", "ioperm"),
)
REFUSED = _NETWORK + _REACH
"""What the parent gives up; jails can still be started from it, as their own filter comes on top."""

_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x1000_0000, 0x4000_0000, 0x0800_0000
_CAPABILITIES_3 = 0x2008_0522
_PIPES = 3


def lock(profile: Profile, layers: Collection[Layer] = ALL) -> None:
    """Give up everything but computing on the pipes that are open. Raises `JailDied` if a layer fails.

    Landlock is left out where the kernel has none; the other layers must hold. What is done once for
    all of a zygote's children comes before: `enter_namespaces` and `write_nothing` while nothing is
    loaded, `close_writable_code` when everything is.
    """
    machine = _machine()
    try:
        if Layer.LIMITS in layers:
            _limit(profile)
        if Layer.PRIVILEGES in layers:
            prctl(PR_SET_DUMPABLE, 0)
            drop_capabilities(machine)
        if layers:
            prctl(PR_SET_NO_NEW_PRIVS, 1)
        if Layer.LANDLOCK in layers and landlock.abi(machine):
            landlock.deny(machine, but_reading=False)
        if Layer.LIMITS in layers:
            _limit_to(resource.RLIMIT_NOFILE, _PIPES)
        if Layer.SECCOMP in layers:
            seccomp.load(seccomp.jail_filter(machine, profile.allowed, profile.absent), machine)
    except (OSError, ValueError):
        raise JailDied(why=Why.NOT_LOCKED) from None


def write_nothing(layers: Collection[Layer]) -> None:
    """Give up writing files, TCP and signalling others, while everything is still loaded from files.

    Landlock binds a thread and those it starts: taken before a library starts its own, it holds in
    all of them, and in the zygote, which is never locked further.
    """
    machine = _machine()
    try:
        if layers:
            prctl(PR_SET_NO_NEW_PRIVS, 1)
        if Layer.LANDLOCK in layers and landlock.abi(machine):
            landlock.deny(machine, but_reading=True)
    except OSError:
        raise JailDied(why=Why.NOT_LOCKED) from None


def refuse_network() -> None:
    """Take sockets, io_uring and the reach into other processes from this process and all it starts, for ever."""
    machine = _machine()
    try:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        seccomp.load(seccomp.refusing_filter(machine, REFUSED), machine)
    except OSError:
        raise JailDied(why=Why.NOT_LOCKED) from None


def leave_no_core() -> None:
    """Leave no core dump, here and in all that is started from here."""
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        raise JailDied(why=Why.NOT_LOCKED) from None


def hide() -> None:
    """Leave no core dump, and keep other processes of the same user out of this one's memory (until an exec).

    `cloister read` does not hide: its user shall be able to watch it with strace, which this would blind.
    """
    leave_no_core()
    try:
        prctl(PR_SET_DUMPABLE, 0)
    except (OSError, ValueError):
        raise JailDied(why=Why.NOT_LOCKED) from None


def enter_namespaces() -> bool:
    """Move into new user, network and IPC namespaces if the host lets us; needs a single thread."""
    machine = kernel.machine()
    if machine is None:
        return False
    for wanted in (_NEW_USER | _NEW_NETWORK | _NEW_IPC, _NEW_NETWORK | _NEW_IPC):
        try:
            syscall(known("unshare", machine), wanted)
        except OSError:
            continue
        return True
    return False


def drop_capabilities(machine: Machine) -> None:
    """Give up root's privileges, or those that a new user namespace brought."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    none = (ctypes.c_uint32 * 6)()
    syscall(known("capset", machine), head, none)


def close_writable_code() -> None:
    """Take the right to write from memory that holds code, as compilers of kernels leave it behind."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/maps", "rb") as maps:  # noqa: PTH123 - pathlib is not loaded in a jail
        lines = maps.read().splitlines()
    for line in lines:
        span, rights = line.split(b" ", 2)[:2]
        if b"w" in rights and b"x" in rights:
            start, end = (int(part, 16) for part in span.split(b"-"))
            protection = mmap.PROT_READ | mmap.PROT_EXEC
            if libc.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(end - start), protection):
                raise OSError(ctypes.get_errno(), "")


def _limit(profile: Profile) -> None:
    limits = [
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, profile.memory),
    ]
    if profile.cpu_seconds is not None:
        limits.append((resource.RLIMIT_CPU, profile.cpu_seconds))
    for kind, most in limits:
        _limit_to(kind, most)


def _limit_to(kind: int, most: int) -> None:
    """Lower a limit for good; one that the host has set lower stays."""
    _, hard = resource.getrlimit(kind)
    lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (lowest, lowest))


def _machine() -> Machine:
    if (machine := kernel.machine()) is None:
        raise JailDied(why=Why.NOT_LOCKED)
    return machine
