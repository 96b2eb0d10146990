"""A locked child that makes random system calls until one ends it: `wild.py render|recognise|write`."""

from __future__ import annotations

import ctypes
import random
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from cloister.jail.lock import RECOGNISE, RENDER, SCAN, WRITE
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import receive, send
from tests.jail.escapes.calls import raw

PROFILES = {"render": RENDER, "recognise": RECOGNISE, "write": WRITE, "scan": SCAN}
PATHS = (b"/dev/shm/cloister-wild", b"/tmp/cloister-wild", b"/proc/self/mem", b"/etc/passwd", b".")
TAME = 8
"""How many calls that the filter answers are made before any call at all."""


def work(pipe):
    _, asked = receive(pipe, {1: 64})
    dice = random.Random(int(asked))
    answered = [int(word) for word in sys.argv[2].split(",")]
    room = ctypes.create_string_buffer(dice.randbytes(4096), 4096)
    places = [ctypes.addressof(room), *(ctypes.cast(ctypes.c_char_p(path), ctypes.c_void_p).value for path in PATHS)]

    def argument():
        small = dice.randrange(-3, 70_000)
        return dice.choice((0, 1, 2, small, small, 1 << dice.randrange(64), *places))

    made = 0
    while True:
        number = dice.choice(answered) if made < TAME else dice.randrange(471)
        with suppress(OSError):
            raw(number, *(argument() for _ in range(6)))
        made += 1
        if made > 1000:
            send(pipe, 1, b"still here")
            return


if __name__ == "__main__":
    serve_zygote(PROFILES[sys.argv[1]], lambda: None, work)
