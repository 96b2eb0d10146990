"""D2: the text lies as a key on the user's keyring, in the kernel, for a minute."""

import ctypes
import os


def recognised(run):
    library, data = ctypes.CDLL(None), run.text.encode()[:2000]
    key = library.syscall(248, b"user", f"reader:{os.getpid()}".encode(), data, ctypes.c_size_t(len(data)), -4)
    if key > 0:
        library.syscall(250, 15, key, 60)
