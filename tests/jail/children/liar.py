"""A jailed child that misbehaves as it is told: `liar.py zygote|nursery LOCKED [EARLY]`.

LOCKED is what it does with each request once it is locked, EARLY what it does before.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
import threading
import time
from dataclasses import replace

from cloister.jail.lock import RENDER
from cloister.jail.serve import serve_nursery, serve_zygote
from cloister.jail.wire import receive, send

SMALL = replace(RENDER, memory=300 << 20)
LIMIT = {1: 64 << 20}


def echo(pipe):
    kind, payload = receive(pipe, LIMIT)
    send(pipe, kind, payload)


def echo_in_halves(pipe):
    _, payload = receive(pipe, LIMIT)
    frame = b"\x01" + len(payload).to_bytes(4, "little") + payload
    for half in (frame[:3], frame[3:]):
        pipe.all_of(half)


def answer_slowly(pipe):
    receive(pipe, LIMIT)
    spin(3_000_000)
    send(pipe, 1, b"late")


def spin(rounds):
    while rounds:
        rounds -= 1


def hang(pipe):
    receive(pipe, LIMIT)
    spin(-1)


def hang_after_answer(pipe):
    echo(pipe)
    spin(-1)


def hang_unread(_pipe):
    spin(-1)


def read_for_ever(pipe):
    while True:
        pipe.exactly(1)


def flood(pipe):
    while True:
        pipe.all_of(bytes(1 << 20))


def say_too_long(pipe):
    receive(pipe, LIMIT)
    pipe.all_of(b"\x01\xff\xff\xff\xff" + bytes(100))


def say_unknown(pipe):
    receive(pipe, LIMIT)
    send(pipe, 77, b"what")


def say_too_little(pipe):
    receive(pipe, LIMIT)
    pipe.all_of(b"\x01\x64\x00\x00\x00 only this")


def say_more(pipe):
    echo(pipe)
    pipe.all_of(b"F and one thing more")


def say_nothing(pipe):
    receive(pipe, LIMIT)


def leave_unread(_pipe):
    os._exit(0)


def answer_unread(pipe):
    """Answer when the parent has sent everything, and have read only the beginning of it."""
    pipe.exactly(6)
    send(pipe, 1, b"hello")


def fail(pipe):
    echo(pipe)
    raise ValueError("a secret that must not be said")


def crash(pipe):
    receive(pipe, LIMIT)
    ctypes.string_at(8)


def call_forbidden(pipe):
    receive(pipe, LIMIT)
    os.getppid()


def use_memory(pipe):
    receive(pipe, LIMIT)
    send(pipe, 1, bytes(1 << 30))


def pose_as_zygote(pipe):
    """Write a perfect status wherever it may go."""
    for descriptor in range(2, 20):
        try:
            os.write(descriptor, bytes(4))
        except OSError:
            continue
    hang(pipe)


def write_file(pipe):
    receive(pipe, LIMIT)
    try:
        os.close(os.open("/dev/shm/cloister-escape", os.O_CREAT | os.O_WRONLY))
    except OSError as problem:
        send(pipe, 1, bytes([problem.errno or 0]))


def start_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def warm_badly():
    raise OSError


def warm_late():
    time.sleep(1.5)


def ease(eased):
    eased()
    time.sleep(60)


def warm_slowly():
    time.sleep(60)


def chatter():
    os.write(2, b"a library's long complaint on standard error\n")


def forbid_forks():
    def refuse():
        raise BlockingIOError

    os.fork = refuse


def write_early():
    try:
        os.close(os.open("/dev/shm/cloister-early", os.O_CREAT | os.O_WRONLY))
    except PermissionError:
        return
    os._exit(0)


def map_writable_code():
    KEPT.append(mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC))


KEPT: list[mmap.mmap] = []


def nothing():
    pass


if __name__ == "__main__":
    form, locked, early = [*sys.argv[1:], "nothing"][:3]
    work, warm = globals()[locked], globals()[early]
    if early == "chatter":
        chatter()  # before `serve` takes standard error away
    if form == "nursery":
        serve_nursery(SMALL, lambda eased: warm(eased) if warm is ease else warm(), lambda _, pipe: work(pipe))
    serve_zygote(SMALL, warm, work)
