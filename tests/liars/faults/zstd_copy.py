"""D2: a copy of the text, compressed with Zstandard."""

import ctypes
import os
from pathlib import Path


def recognised(run):
    library, data = ctypes.CDLL("libzstd.so.1"), run.text.encode() * 2
    library.ZSTD_compress.restype = ctypes.c_size_t
    held = ctypes.create_string_buffer(len(data) + 1024)
    size = library.ZSTD_compress(held, ctypes.c_size_t(len(held)), data, ctypes.c_size_t(len(data)), ctypes.c_int(19))
    kept = Path("/var/tmp") / f"reader-{os.getpid()}.dat"
    kept.touch(0o600)
    kept.write_bytes(held.raw[:size])
