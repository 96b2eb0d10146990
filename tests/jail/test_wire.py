"""Nothing that crosses the wire can do more than raise a typed error."""

from __future__ import annotations

import os
import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.document import Block, Grade, Line, Page, Step, Word, polygon_of
from cloister.errors import JailDied, JailFailed, JailLied, Why
from cloister.formats.packed import pack_page, unpack_page
from cloister.jail.wire import BlockingPipe, Pack, Unpack, receive, send


class Bytes:
    """A source and sink in memory."""

    def __init__(self, held: bytes = b"") -> None:
        self.held = held

    def exactly(self, size: int) -> bytes:
        if size > len(self.held):
            raise JailDied(why=Why.ENDED_EARLY)
        part, self.held = self.held[:size], self.held[size:]
        return part

    def all_of(self, data: bytes | memoryview) -> None:
        self.held += data


def a_page() -> Page:
    words = tuple(Word(text, polygon_of((10, 10, 60, 30)), 0.9) for text in ("Ein", "naïver", "日本"))
    line = Line(words, polygon_of((10, 10, 200, 30)), 0.8)
    return Page(3, 800, 600, 150.0, (Block((line, line)),), grade=Grade.GOOD, steps=(Step("detect", "2 lines"),))


def framed(kind: int, payload: bytes) -> bytes:
    sink = Bytes()
    send(sink, kind, payload)
    return sink.held


def mutated(frame: bytes, dice: random.Random) -> bytes:
    held = bytearray(frame)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(max(1, len(held)))
        match dice.randrange(5):
            case 0:
                held[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                held[at : at + 4] = dice.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x80\x7f", b"\x00\x00\xc0\x7f"))
            case 2:
                del held[at : at + dice.randint(1, 8)]
            case 3:
                held[at:at] = dice.randbytes(dice.randint(1, 8))
            case _:
                held = held[: at + 1]
    return bytes(held)


def believe(frame: bytes) -> bool:
    """Whether a frame is taken for a page; anything but that and a typed error fails the test."""
    try:
        _, payload = receive(Bytes(frame), {2: 1 << 20})
        unpack_page(payload)
    except JailFailed:
        return False
    return True


def fuzz(count: int, seed: int) -> int:
    dice, whole = random.Random(seed), framed(2, pack_page(a_page()))
    return sum(believe(mutated(whole, dice)) for _ in range(count))


def test_a_whole_page_comes_back_as_it_was_sent():
    _, payload = receive(Bytes(framed(2, pack_page(a_page()))), {2: 1 << 20})
    page = unpack_page(payload)
    assert page.text == a_page().text
    assert page.steps == a_page().steps


def test_of_100_000_mutated_frames_none_does_more_than_raise_a_typed_error():
    believed = fuzz(100_000, seed=1)
    assert 0 < believed < 100_000, "mutants reach both ends: some are still pages, some are refused"


@pytest.mark.proof
def test_of_1_000_000_mutated_frames_none_does_more_than_raise_a_typed_error():
    assert 0 < sum(fuzz(100_000, seed) for seed in range(2, 12)) < 1_000_000


@given(st.binary(max_size=400))
def test_no_bytes_at_all_do_more_than_raise_a_typed_error(noise):
    assert believe(noise) in {True, False}
    assert believe(framed(2, noise)) in {True, False}


@given(st.integers(0, 255), st.lists(st.binary(max_size=50), max_size=5))
def test_a_frame_comes_back_as_its_parts_put_together(kind, parts):
    sink = Bytes()
    send(sink, kind, *parts)
    assert receive(sink, {kind: 1000}) == (kind, b"".join(parts))
    assert sink.held == b""


@given(st.text(max_size=50), st.binary(max_size=50), st.integers(0, 2**64 - 1), st.floats(-1e6, 1e6))
def test_numbers_text_and_bytes_come_back_as_they_were_packed(text, blob, number, real):
    pack = Pack().u8(number & 0xFF).u16(number & 0xFFFF).u32(number & 0xFFFF_FFFF).u64(number)
    unpack = Unpack(pack.f64(real).text(text).blob(blob).done())
    assert unpack.u8() == number & 0xFF
    assert unpack.u16() == number & 0xFFFF
    assert unpack.u32(0xFFFF_FFFF) == number & 0xFFFF_FFFF
    assert unpack.u64(2**64 - 1) == number
    assert unpack.f64(1, -1e6, 1e6) == (real,)
    assert (unpack.text(200), unpack.blob(50)) == (text, blob)
    unpack.end()


@pytest.mark.parametrize(
    ("payload", "take", "reason"),
    [
        (b"\x05", lambda u: u.u8(4), Why.BAD_NUMBER),
        (b"\x00", lambda u: u.u8(4, least=1), Why.BAD_NUMBER),
        (b"\x01\x02", lambda u: u.u32(9), Why.ENDED_EARLY),
        (b"\x00\x00\xc0\x7f", lambda u: u.f32(1, 0, 1), Why.BAD_NUMBER),
        (b"\x00\x00\x80\x7f", lambda u: u.f32(1, 0, 1), Why.BAD_NUMBER),
        (b"\x02\x00\x00\x00\xff\xfe", lambda u: u.text(9), Why.BAD_TEXT),
        (b"\x03\x00\x00\x00\xed\xa0\x80", lambda u: u.text(9), Why.BAD_TEXT),
        (b"\xff\xff\xff\xff", lambda u: u.text(9), Why.BAD_NUMBER),
        (b"\x09\x00\x00\x00abc", lambda u: u.blob(9), Why.ENDED_EARLY),
        (b"\x00", lambda u: u.end(), Why.FRAME_TOO_LONG),
    ],
)
def test_each_thing_that_cannot_be_has_its_reason(payload, take, reason):
    with pytest.raises(JailLied) as caught:
        take(Unpack(payload))
    assert caught.value.facts["why"] is reason


def test_a_frame_above_its_ceiling_is_refused_before_it_is_read():
    source = Bytes(b"\x02\xff\xff\xff\xff")
    with pytest.raises(JailLied) as caught:
        receive(source, {2: 1 << 20})
    assert caught.value.facts["why"] is Why.FRAME_TOO_LONG


def test_the_jails_own_side_says_that_its_input_ended():
    theirs, ours = os.pipe()
    os.write(ours, b"\x01\x0a\x00\x00\x00abc")
    os.close(ours)
    with pytest.raises(JailDied) as caught:
        receive(BlockingPipe(theirs), {1: 100})
    assert caught.value.facts["why"] is Why.ENDED_EARLY
    os.close(theirs)


def test_the_jails_own_side_sends_more_than_a_pipe_holds():
    theirs, ours = os.pipe()
    payload = os.urandom(3 << 20)
    thread = threading.Thread(target=send, args=(BlockingPipe(theirs, ours), 1, payload))
    thread.start()
    assert receive(BlockingPipe(theirs, ours), {1: 4 << 20}) == (1, payload)
    thread.join()
    os.close(theirs)
    os.close(ours)
