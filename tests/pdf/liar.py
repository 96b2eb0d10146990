"""A write jail that lies as it is told: `liar.py HOW`."""

from __future__ import annotations

import os
import sys

from cloister.formats.pdf.frames import CHUNK, DONE, FAILED, GIVEN, LAST, NEED, NEXT, OPEN, OUT, PAGE
from cloister.jail.lock import WRITE
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import Pack, receive, send

ALL = {OPEN: 1 << 20, PAGE: 1 << 20, LAST: 0, GIVEN: 1 << 24}


def opened(pipe):
    """Take the task and all pages, as an honest jail does."""
    kind, _ = receive(pipe, ALL)
    while kind != LAST:
        send(pipe, NEXT)
        kind, _ = receive(pipe, ALL)


def writes_before_it_took_the_pages(pipe):
    receive(pipe, ALL)
    send(pipe, OUT, b"%PDF-")


def empty_frames(pipe):
    opened(pipe)
    while True:
        send(pipe, OUT)


def endless_output(pipe):
    opened(pipe)
    while True:
        send(pipe, OUT, bytes(CHUNK))


def frame_too_long(pipe):
    opened(pipe)
    send(pipe, OUT, bytes(CHUNK + 1))


def unknown_frame(pipe):
    opened(pipe)
    send(pipe, 99)


def unknown_notes(pipe):
    opened(pipe)
    send(pipe, DONE, b"\xff")


def unknown_refusal(pipe):
    opened(pipe)
    send(pipe, FAILED, b"\xff")


def range_beyond_the_end(pipe):
    opened(pipe)
    send(pipe, NEED, Pack().u64(1 << 40).u32(1).done())


def asks_for_ever(pipe):
    opened(pipe)
    while True:
        send(pipe, NEED, Pack().u64(0).u32(1 << 24).done())
        receive(pipe, ALL)


def asks_for_pages_after_the_last(pipe):
    opened(pipe)
    send(pipe, NEXT)
    receive(pipe, ALL)


def ends_without_a_word(pipe):
    opened(pipe)
    send(pipe, OUT, b"%PDF-")


def speaks_on_after_the_end(pipe):
    opened(pipe)
    send(pipe, DONE, b"\0")
    send(pipe, OUT, b"more")


def hangs(pipe):
    opened(pipe)
    while True:
        pass


def dies(pipe):
    opened(pipe)
    os.getppid()  # not allowed


if __name__ == "__main__":
    serve_zygote(WRITE, lambda: None, globals()[sys.argv[1]])
