"""System call numbers by name, for x86-64 and aarch64.

Taken from the kernel's asm/unistd_64.h and asm-generic/unistd.h (Linux 6.x; numbers never change).
None says that a machine has no such call.
"""

from __future__ import annotations

from cloister.jail.kernel import Machine

_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # what a jail may do
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "exit_group": (231, 94),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    # what a jail is told does not exist
    "sched_setaffinity": (203, 122),
    "mbind": (237, 235),
    "get_mempolicy": (239, 236),
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "lseek": (8, 62),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "ioctl": (16, 29),
    "getdents64": (217, 61),
    "dup": (32, 23),
    "fcntl": (72, 25),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "statx": (332, 291),
    "open": (2, None),
    # what `refuse_network` refuses: sockets
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "recvmmsg": (299, 243),
    # and ways around the filter
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # and reaching into other processes or the kernel
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    # and the machine's own state
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "iopl": (172, None),
    "ioperm": (173, None),
    # what the lock itself calls
    "capset": (126, 91),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
    "seccomp": (317, 277),
    "unshare": (272, 97),
}


def number(name: str, machine: Machine) -> int | None:
    """The number of a call on this machine, None where there is no such call."""
    on_x86_64, on_aarch64 = _NUMBERS[name]
    return on_x86_64 if machine is Machine.X86_64 else on_aarch64


def known(name: str, machine: Machine) -> int:
    """The number of a call that every machine has."""
    found = number(name, machine)
    if found is None:
        raise KeyError(name)
    return found
