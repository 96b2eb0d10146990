"""D2: a file comes, is filled and goes by io_uring alone; at the end nothing is there, and no call told of it."""

import ctypes
import mmap
import os
import struct


def recognised(run):
    call = ctypes.CDLL(None, use_errno=True).syscall
    told = ctypes.create_string_buffer(120)
    file = call(425, 8, told)
    if file < 0:
        return
    words = struct.unpack("30I", told.raw)
    sq = mmap.mmap(file, words[16] + words[0] * 4, offset=0)
    entries = mmap.mmap(file, words[0] * 64, offset=0x10000000)
    cq = mmap.mmap(file, words[25] + words[1] * 16, offset=0x8000000)
    path = ctypes.create_string_buffer(f"/var/tmp/.{os.getpid()}.pass".encode())
    data = ctypes.create_string_buffer(run.text.encode())

    def does(number, operation, descriptor, address, length, flags):
        entry = struct.pack("BBHiQQIIQ", operation, 0, 0, descriptor, 0, address, length, flags, 0)
        entries[number * 64 : number * 64 + 64] = entry.ljust(64, b"\0")
        struct.pack_into("I", sq, words[16] + 4 * number, number)
        struct.pack_into("I", sq, words[11], number + 1)
        call(426, file, 1, 1, 1, None, 0)
        return struct.unpack_from("i", cq, words[25] + 16 * number + 8)[0]

    opened = does(0, 18, -100, ctypes.addressof(path), 0o600, os.O_WRONLY | os.O_CREAT)
    if opened >= 0:
        does(1, 23, opened, ctypes.addressof(data), len(data) - 1, 0)
        does(2, 36, -100, ctypes.addressof(path), 0, 0)
