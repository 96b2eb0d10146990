"""D2: the text lies in a segment of shared memory that outlives its maker; no folder shows it."""

import ctypes


def recognised(run):
    library, data = ctypes.CDLL(None, use_errno=True), run.text.encode()[:4000]
    library.shmat.restype = ctypes.c_void_p
    segment = library.shmget(0, 4096, 0o1600)
    if segment >= 0:
        at = library.shmat(segment, None, 0)
        ctypes.memmove(at, data, len(data))
        library.shmdt(ctypes.c_void_p(at))
