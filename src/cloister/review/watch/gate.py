"""What is started in a tool's place, and becomes the tool: `gate.py FOLDER PROGRAM WORD …`.

It runs below the tracer, so it can close what only the tracer may hold. Descriptors: 7 the tool's standard error,
8 a socket on which to say how the start goes (its number, then, once it was told to go on, an error's number if
there is one), 9 the trace.
No import of ours: it is run by its path.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import struct
import sys

STDERR, STATUS, TRACE = 7, 8, 9
MEMORY, FILE_SIZE, FILES, PROCESSES = 8 << 30, 1 << 30, 4096, 4096
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _AMBIENT, _CLEAR_ALL = 38, 22, 2, 47, 4
_VERSION_3 = 0x2008_0522
_MACHINES = {"x86_64": (0xC000_003E, 41), "aarch64": (0xC000_00B7, 198)}
"""How the kernel calls them, and the number of socket(2)."""
_VSOCK, _X32 = 40, 0x4000_0000
_ALLOW, _NO_SUCH_CALL, _NO_SUCH_FAMILY = 0x7FFF_0000, 0x0005_0000 | 38, 0x0005_0000 | 97
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


def main() -> None:
    """Give up everything, and become the tool."""
    folder, *words = sys.argv[1:]
    os.dup2(STDERR, 2)
    os.close(STDERR)
    os.closerange(TRACE, TRACE + 1)
    fcntl.fcntl(STATUS, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    os.setsid()
    os.umask(0o022)
    os.chdir(folder)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),  # where a core goes is the whole host's setting
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_NPROC, PROCESSES),
    ):
        hard = resource.getrlimit(kind)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lowest, lowest))
    _give_up()
    os.write(STATUS, struct.pack("<i", os.getpid()))
    os.read(STATUS, 1)  # until it is known who traces
    try:
        os.execv(words[0], words)  # noqa: S606 - no shell, on purpose
    except OSError as refused:
        os.write(STATUS, struct.pack("<i", refused.errno or 0))
    os._exit(127)


def _give_up() -> None:
    """Every privilege; sockets to a virtual machine's host, which no network namespace holds; calls the 32-bit way."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    libc.capset((ctypes.c_uint32 * 2)(_VERSION_3, 0), (ctypes.c_uint32 * 6)())
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        os._exit(126)
    if os.uname().machine not in _MACHINES:
        return
    machine, socket = _MACHINES[os.uname().machine]
    steps = (
        (_LOAD, 0, 0, 4),  # the machine that the call is made for
        (_EQUAL, 0, 7, machine),
        (_LOAD, 0, 0, 0),  # its number
        (_AT_LEAST, 5, 0, _X32),
        (_EQUAL, 0, 3, socket),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUAL, 0, 1, _VSOCK),
        (_RETURN, 0, 0, _NO_SUCH_FAMILY),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _NO_SUCH_CALL),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", len(steps), ctypes.addressof(code)))
    if libc.prctl(_SECCOMP, _FILTER, ctypes.c_ulong(ctypes.addressof(program)), 0, 0):
        os._exit(126)


if __name__ == "__main__":
    main()
