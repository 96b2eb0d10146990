"""Opens, writes and closes a file through io_uring alone: no call of the file's name is ever made (io_uring(7))."""

import ctypes
import mmap
import struct

SETUP, ENTER = 425, 426
OPENAT, CLOSE, WRITE = 18, 19, 23
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number, *words):
    answer = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(word) for word in words))
    if answer < 0:
        raise OSError(ctypes.get_errno(), "io_uring")
    return answer


class Ring:
    """One ring with one entry in flight."""

    def __init__(self):
        parameters = ctypes.create_string_buffer(120)
        self.fd = call(SETUP, 4, ctypes.addressof(parameters))
        entries, completions = struct.unpack_from("II", parameters.raw, 0)
        self.sq = struct.unpack_from("7I", parameters.raw, 40)
        self.cq = struct.unpack_from("7I", parameters.raw, 80)
        self.ring = mmap.mmap(self.fd, max(self.sq[6] + entries * 4, self.cq[5] + completions * 16), offset=0)
        self.slots = mmap.mmap(self.fd, entries * 64, offset=0x10000000)

    def do(self, operation, fd, address, length, offset=0, flags=0):
        tail = struct.unpack_from("I", self.ring, self.sq[1])[0]
        mask = struct.unpack_from("I", self.ring, self.sq[2])[0]
        self.slots[:64] = struct.pack("BBHiQQIIQ", operation, 0, 0, fd, offset, address, length, flags, 0) + bytes(24)
        struct.pack_into("I", self.ring, self.sq[6] + (tail & mask) * 4, 0)
        struct.pack_into("I", self.ring, self.sq[1], tail + 1)
        call(ENTER, self.fd, 1, 1, 1, 0, 0)
        head = struct.unpack_from("I", self.ring, self.cq[0])[0]
        mask = struct.unpack_from("I", self.ring, self.cq[2])[0]
        result = struct.unpack_from("Qi", self.ring, self.cq[5] + (head & mask) * 16)[1]
        struct.pack_into("I", self.ring, self.cq[0], head + 1)
        if result < 0:
            raise OSError(-result, "io_uring")
        return result


def write(path, data):
    """Write a new file."""
    ring = Ring()
    name, held = ctypes.create_string_buffer(path), ctypes.create_string_buffer(data)
    fd = ring.do(OPENAT, -100, ctypes.addressof(name), 0o644, flags=0o101)
    ring.do(WRITE, fd, ctypes.addressof(held), len(data))
    ring.do(CLOSE, fd, 0, 0)
