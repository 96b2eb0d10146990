"""Ranges of a file across the wire: what a jail reads is the file, and it cannot ask for ever."""

from __future__ import annotations

import io
import os
import threading
from random import Random

import pytest

from cloister.errors import JailDied, JailLied
from cloister.jail import wire
from cloister.jail.ranges import BLOCK, MAX_RANGE, RangeFile, Ranges, open_file

NEED, GIVEN, OVER = 6, 7, 8


class Held:
    """A file in memory that counts what was asked of it."""

    def __init__(self, held: bytes) -> None:
        self.held, self.size, self.asked = held, len(held), []

    def read_at(self, offset, length):
        self.asked.append((offset, length))
        return self.held[offset : offset + length]


@pytest.fixture
def pipes():
    down, up = os.pipe(), os.pipe()
    yield wire.BlockingPipe(up[0], down[1]), wire.BlockingPipe(down[0], up[1])
    for end in (*down, *up):
        os.close(end)


def serve(pipe, source):
    """Answer in a thread until the jail's side says that it is over."""

    def run() -> None:
        Ranges(pipe, source, need=NEED, given=GIVEN).receive({OVER: 0})

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_large_file_reads_as_if_it_were_here(pipes):
    parent, child = pipes
    held = Random(5).randbytes(5 * BLOCK + 123)
    source = Held(held)
    thread = serve(parent, source)
    file = RangeFile(child, len(held), need=NEED, given=GIVEN, blocks=2)
    chance = Random(7)
    for _ in range(200):
        offset, length = chance.randrange(len(held) + 10), chance.randrange(BLOCK * 2)
        file.seek(offset)
        assert file.read(length) == held[offset : offset + length]
    file.seek(-10, io.SEEK_END)
    assert file.read() == held[-10:]
    wire.send(child, OVER)
    thread.join()
    assert max(length for _, length in source.asked) <= BLOCK


def test_a_small_file_is_asked_for_once(pipes):
    parent, child = pipes
    source = Held(b"small")
    thread = serve(parent, source)
    assert open_file(child, 5, need=NEED, given=GIVEN).read() == b"small"
    wire.send(child, OVER)
    thread.join()
    assert source.asked == [(0, 5)]


def test_a_file_that_was_cut_meanwhile_ends_early(pipes):
    parent, child = pipes
    thread = serve(parent, Held(b"x" * (BLOCK + 10)))
    source = RangeFile(child, MAX_RANGE, need=NEED, given=GIVEN)
    # The parent's source knows its true size; the jail was told more.
    assert source.read(BLOCK) == b"x" * BLOCK
    assert source.read(BLOCK) == b"x" * 10
    wire.send(child, OVER)
    thread.join()


@pytest.mark.parametrize(
    "payload",
    [
        wire.Pack().u64(6).u32(1).done(),
        wire.Pack().u64(0).u32(0).done(),
        wire.Pack().u64(0).u32(MAX_RANGE + 1).done(),
        wire.Pack().u64(0).done(),
        wire.Pack().u64(0).u32(1).u8(0).done(),
    ],
)
def test_a_question_that_cannot_be_is_a_lie(pipes, payload):
    parent, child = pipes
    wire.send(child, NEED, payload)
    with pytest.raises(JailLied):
        Ranges(parent, Held(b"12345"), need=NEED, given=GIVEN).receive({OVER: 0})


def test_a_jail_cannot_ask_for_ever():
    class Endless:
        def __init__(self) -> None:
            self.questions = 0
            self.stream = io.BytesIO()

        def exactly(self, size):
            if not (held := self.stream.read(size)):
                self.questions += 1
                if self.questions > 10_000_000:
                    raise JailDied
                frame = wire.Pack().u8(NEED).u32(12).u64(0).u32(MAX_RANGE).done()
                self.stream = io.BytesIO(frame)
                held = self.stream.read(size)
            return held

        def all_of(self, data):
            pass

    endless = Endless()
    with pytest.raises(JailLied):
        Ranges(endless, Held(b"12345"), need=NEED, given=GIVEN).receive({OVER: 0})
    assert endless.questions < 1000
