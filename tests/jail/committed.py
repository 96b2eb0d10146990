"""The system calls that each jail answers, as they were agreed on: a change of the profiles must change this too."""

from __future__ import annotations

import errno

_WORK = {"read", "write", "mmap", "mprotect", "munmap", "mremap", "madvise", "brk", "futex", "exit_group"}
_ABSENT = {
    *("open", "openat", "stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("lseek", "getcwd", "readlink", "readlinkat", "ioctl", "getdents64", "dup", "fcntl"),
}

ALLOWED = {
    "render": _WORK | {"clock_gettime"},
    "recognise": _WORK | {"clock_gettime", "sched_yield", "sched_getaffinity"},
    "write": _WORK | {"clock_gettime", "getrandom"},
    "scan": _WORK | {"clock_gettime", "getrandom"},
}
ABSENT = {
    "render": _ABSENT,
    "recognise": _ABSENT | {"sched_setaffinity", "mbind", "get_mempolicy"},
    "write": _ABSENT,
    "scan": _ABSENT,
}
REFUSED = {
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    *("sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp"),
    *("bpf", "userfaultfd", "perf_event_open", "keyctl", "add_key", "request_key"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"),
    *("open_by_handle_at", "fanotify_init"),
    *("mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount"),
    *("fspick", "mount_setattr", "swapon", "swapoff", "reboot", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "acct", "quotactl", "quotactl_fd"),
    *("syslog", "iopl", "ioperm"),
}
NOT_THERE, NOT_PERMITTED = errno.ENOENT, errno.EPERM
