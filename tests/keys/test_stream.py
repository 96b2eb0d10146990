"""Sealed content opens whole and as it was committed, or not at all."""

from __future__ import annotations

import gc
import hashlib
import io
import resource
import time

import pytest

from cloister.errors import CloisterError, DiskFull, FileAccess, SealedDataDamaged, TooLarge
from cloister.keys import stream
from cloister.keys.context import Layer
from cloister.keys.stream import COMMIT, HEADER, MARK, SEGMENT, Sealer, new_dek, opened, seal
from tests.keys.setup import CONTEXT, OTHERS, SWAPPED

FIRST = SEGMENT - HEADER - 16
LATER = SEGMENT - 16
MANY = 1 << 40


def sealed(content: bytes, dek, context=CONTEXT) -> bytes:
    sink = io.BytesIO()
    assert seal(io.BytesIO(content), sink, dek, context).written == len(sink.getvalue())
    return sink.getvalue()


def read(blob: bytes, dek, context=CONTEXT, limit=MANY) -> bytes:
    return opened(io.BytesIO(blob), dek, context, limit).open()


@pytest.fixture(scope="module")
def dek():
    return new_dek()


@pytest.mark.parametrize("size", [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + LATER, FIRST + LATER + 1])
def test_what_is_sealed_opens(dek, size):
    content = b"\x5a" * size
    assert read(sealed(content, dek), dek) == content


def test_every_key_is_another():
    assert new_dek().open() != new_dek().open()


@pytest.mark.parametrize("context", SWAPPED, ids=list(OTHERS))
def test_another_value_of_any_field_is_refused(dek, context):
    with pytest.raises(SealedDataDamaged):
        read(sealed(b"content", dek), dek, context)


def test_another_key_is_refused(dek):
    with pytest.raises(SealedDataDamaged):
        read(sealed(b"content", dek), new_dek())


def test_every_changed_byte_of_a_small_one_is_refused(dek):
    blob = sealed(b"content of a small document", dek)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 0x01
        with pytest.raises(SealedDataDamaged):
            read(bytes(changed), dek)


def test_every_truncation_of_a_small_one_is_refused(dek):
    blob = sealed(b"content", dek)
    for size in range(len(blob)):
        with pytest.raises(SealedDataDamaged):
            read(blob[:size], dek)


@pytest.fixture(scope="module")
def large(dek):
    content = b"".join(bytes([number]) * LATER for number in range(4))
    return content, sealed(content, dek)


def parts(blob: bytes) -> list[bytes]:
    """The mark, the segments, the commit record."""
    body = blob[len(MARK) : -COMMIT]
    return [blob[: len(MARK)], *(body[at : at + SEGMENT] for at in range(0, len(body), SEGMENT)), blob[-COMMIT:]]


@pytest.mark.parametrize(
    "order",
    ["MabcdE", "MacdeE", "MacbdeE", "MabbcdeE", "Mabcde", "MabcdeEE", "MabcdexE", "MabcdeEx", "ME", "abcdeE"],
    ids=["cut", "dropped", "swapped", "doubled", "no-record", "two-records", "more", "after", "empty", "no-mark"],
)
def test_segments_that_are_not_as_written_are_refused(dek, large, order):
    content, blob = large
    named = dict(zip("MabcdeE", parts(blob), strict=True)) | {"x": b"x"}
    assert hashlib.sha256(read(blob, dek)).digest() == hashlib.sha256(content).digest()
    with pytest.raises(SealedDataDamaged):
        read(b"".join(named[name] for name in order), dek)


def test_the_record_of_another_content_under_the_same_key_is_refused(dek):
    one, other = sealed(b"one content", dek), sealed(b"two content", dek)
    with pytest.raises(SealedDataDamaged):
        read(one[:-COMMIT] + other[-COMMIT:], dek)


def test_half_a_document_has_no_record_and_stays_shut(dek):
    sink = io.BytesIO()

    def interrupted():
        with Sealer(sink, dek, CONTEXT) as sealer:
            sealer.write(b"half" * SEGMENT)
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    before = len(sink.getvalue())
    gc.collect()
    assert len(sink.getvalue()) == before
    with pytest.raises(SealedDataDamaged):
        read(sink.getvalue(), dek)


def test_the_trap_is_there_tinks_own_stream_makes_half_a_document_valid(dek):
    sink = stream._Kept()
    primitive = stream._primitive(dek)

    def interrupted():
        with primitive.new_encrypting_stream(sink, CONTEXT.bound(Layer.STREAM)) as tinks:
            tinks.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    source = io.BytesIO(sink.getvalue())
    assert primitive.new_decrypting_stream(source, CONTEXT.bound(Layer.STREAM)).read() == b"half"
    with pytest.raises(SealedDataDamaged):
        read(MARK + sink.getvalue(), dek)


class Failing(io.BytesIO):
    def __init__(self, room: int, number: int) -> None:
        super().__init__()
        self.room, self.number = room, number

    def write(self, data):
        if self.tell() + len(data) > self.room:
            raise OSError(self.number, "")
        return super().write(data)


@pytest.mark.parametrize("room", [0, len(MARK), 3 * SEGMENT, 3 * SEGMENT + 100])
def test_a_full_medium_is_told_and_leaves_nothing_that_opens(dek, room, capfd):
    sink = Failing(room, 28)
    with pytest.raises(DiskFull):
        seal(Zeros(3 * SEGMENT), sink, dek, CONTEXT)
    with pytest.raises(SealedDataDamaged):
        read(sink.getvalue(), dek)
    gc.collect()
    assert capfd.readouterr().err == ""


def test_a_failing_medium_is_told(dek):
    with pytest.raises(FileAccess) as refusal:
        seal(io.BytesIO(b"content"), Failing(30, 5), dek, CONTEXT)
    assert refusal.value.facts == {"errno": 5}


class Broken(io.BytesIO):
    def read(self, size=-1):
        if self.tell():
            raise OSError(5, "")
        return super().read(size)


def test_a_source_that_fails_is_told(dek):
    with pytest.raises(FileAccess):
        opened(Broken(sealed(b"content", dek)), dek, CONTEXT, MANY)


class Trickle(io.BytesIO):
    def write(self, data):
        return super().write(bytes(data)[:1000])

    def read(self, size=-1):
        return super().read(min(size, 777) if size > 0 else 777)


def test_short_writes_and_reads_are_finished(dek):
    sink = Trickle()
    seal(Trickle(b"content" * 10_000), sink, dek, CONTEXT)
    assert opened(Trickle(sink.getvalue()), dek, CONTEXT, MANY).open() == b"content" * 10_000


def test_content_above_the_limit_is_refused_before_it_is_held(dek, large):
    content, blob = large
    assert read(blob, dek, limit=len(content)) == content
    with pytest.raises(TooLarge):
        read(blob, dek, limit=len(content) - 1)


def test_a_key_that_is_no_keyset_is_refused(dek):
    blob = sealed(b"content", dek)
    from cloister.keys.secret import Secret

    with pytest.raises(CloisterError):
        read(blob, Secret(bytearray(b"no keyset")))


class Zeros(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size=-1):
        count = min(size, self.left)
        self.left -= count
        return bytes(count)


class Nowhere(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        return len(data)


@pytest.mark.proof
def test_two_gigabytes_are_sealed_fast_and_in_constant_memory(dek):
    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    seal(Zeros(64 << 20), Nowhere(), dek, CONTEXT)
    before, best = peak(), 0.0
    for _ in range(3):
        start = time.perf_counter()
        assert seal(Zeros(2 << 30), Nowhere(), dek, CONTEXT).length == 2 << 30
        best = max(best, (2 << 30) / 1e6 / (time.perf_counter() - start))
    print(f"{best:.0f} MB/s, {peak() - before} KiB more")
    assert peak() - before < 8 << 10
    assert best >= 200
