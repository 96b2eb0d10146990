"""Takes a seccomp filter apart again, and runs it, from its bytes alone (linux/filter.h)."""

from __future__ import annotations

import struct

LOAD, EQUAL, AT_LEAST, BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALWAYS, ABOVE, AND = 0x05, 0x25, 0x54
"""What libseccomp's filters use besides."""
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16
KILL, ALLOW, ERRNO = 0x8000_0000, 0x7FFF_0000, 0x0005_0000
X86_64, I386, AARCH64 = 0xC000_003E, 0x4000_0003, 0xC000_00B7

Instruction = tuple[int, int, int, int]


def instructions(program: bytes) -> list[Instruction]:
    return [(code, true, false, value) for code, true, false, value in struct.iter_unpack("=HBBI", program)]


def answer(program: bytes, number: int, machine: int, arguments: tuple[int, ...] = (0,) * 6) -> int:
    """What the kernel would do with a call: a small interpreter that knows only what the filters here use."""
    facts = struct.pack("<IIQ6Q", number & 0xFFFF_FFFF, machine, 0, *arguments)
    listing, at, held = instructions(program), 0, 0
    while True:
        code, true, false, value = listing[at]
        at += 1
        if code == LOAD:
            (held,) = struct.unpack_from("<I", facts, value)
        elif code == RETURN:
            return value
        elif code == EQUAL:
            at += true if held == value else false
        elif code == AT_LEAST:
            at += true if held >= value else false
        elif code == BITS:
            at += true if held & value else false
        elif code == ALWAYS:
            at += value
        elif code == ABOVE:
            at += true if held > value else false
        elif code == AND:
            held &= value
        else:
            raise AssertionError(hex(code))
