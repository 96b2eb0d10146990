"""System calls by name, for techniques: raw, so that nothing of Python stands between them and the kernel."""

from __future__ import annotations

import ctypes
import platform

X86_64 = platform.machine() == "x86_64"
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
HERE = -100
"""AT_FDCWD."""

# fmt: off
NUMBERS = {
    "read": (0, 63), "write": (1, 64), "openat": (257, 56), "openat2": (437, 437), "close": (3, 57),
    "truncate": (76, 45), "newfstatat": (262, 79), "readlinkat": (267, 78), "getdents64": (217, 61),
    "fchmodat": (268, 53), "utimensat": (280, 88), "setxattr": (188, 5), "linkat": (265, 37), "symlinkat": (266, 36),
    "unlinkat": (263, 35), "renameat2": (316, 276), "mkdirat": (258, 34), "mknodat": (259, 33),
    "fchownat": (260, 54), "faccessat": (269, 48), "chdir": (80, 49), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "fanotify_init": (300, 262), "name_to_handle_at": (303, 264),
    "memfd_create": (319, 279), "pipe2": (293, 59), "vmsplice": (278, 75), "fcntl": (72, 25), "mmap": (9, 222),
    "mprotect": (10, 226), "pkey_mprotect": (329, 288), "personality": (135, 92), "kill": (62, 129),
    "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438), "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "setpriority": (141, 140),
    "setpgid": (109, 154), "clone": (56, 220), "clone3": (435, 435), "execve": (59, 221), "execveat": (322, 281),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "prctl": (157, 167), "uname": (63, 160),
    "getppid": (110, 173), "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "msgsnd": (69, 189),
    "mq_open": (240, 180), "keyctl": (250, 219), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "socket": (41, 198), "socketpair": (53, 199),
    "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "sendto": (44, 206),
}
# fmt: on


def raw(number: int, *arguments: object) -> int:
    """Make one system call; a refusal is an `OSError` with its number."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    answer: int = LIBC.syscall(ctypes.c_long(number), *words)
    if answer == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return answer


def call(name: str, *arguments: object) -> int:
    """Make one system call by its name."""
    return raw(NUMBERS[name][0 if X86_64 else 1], *arguments)


class Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def vector(address: int, length: int) -> object:
    return ctypes.byref(Vector(address, length))
