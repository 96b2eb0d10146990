"""Sealing content as it streams by, and opening it whole: Tink's AES256_GCM_HKDF_1MB and a commit record.

A sealed artefact is: a mark, the stream (a header of 40 bytes, then segments of 1 MiB, each with its tag), and the
commit record {length, segments, SHA-256}, encrypted under the same key with associated data of its own. The record
is written last and on purpose only: Tink's stream ends itself properly even when an exception goes by, so that half
a document would be valid ciphertext. Opening refuses what has no record, or one that says anything else.
"""

from __future__ import annotations

import errno
import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Self, cast

import tink
from tink import secret_key_access, streaming_aead

from cloister.errors import CloisterError, FileAccess, Harm, SealedDataDamaged, TooLarge
from cloister.errors.met import while_writing
from cloister.keys.context import Context, Layer
from cloister.keys.secret import TAG, Secret
from cloister.model import Plain

MARK = b"cloister/sealed/1\n"
SEGMENT = 1 << 20
HEADER = 40
_RECORD = struct.Struct(">QQ32s")
COMMIT = HEADER + _RECORD.size + TAG
_CHUNK = 1 << 16
"""Bytes that are handed to Tink at once: larger pieces were measured to be slower."""

streaming_aead.register()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed: bytes of content, bytes that were written in all, segments."""

    length: int
    written: int
    segments: int


def new_dek() -> Secret:
    """A new data encryption key: a Tink keyset with one random key, serialised."""
    handle = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    return Secret(bytearray(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN)))


def _primitive(dek: Secret) -> streaming_aead.StreamingAead:
    try:
        handle = tink.proto_keyset_format.parse(bytes(dek.open()), secret_key_access.TOKEN)
        return handle.primitive(streaming_aead.StreamingAead)
    except tink.TinkError:
        raise SealedDataDamaged(why=Harm.STRANGE) from None


class _Gate:
    """Counts what goes through to a sink, and once it is shut lets nothing through, whatever Tink still says."""

    def __init__(self, sink: BinaryIO) -> None:
        self.count = 0
        self.errno = 0
        self._sink: BinaryIO | None = sink

    def shut(self) -> None:
        self._sink = None

    def close(self) -> None:
        """Stay open: the commit record is still to come."""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        view = memoryview(data).cast("B")
        size = len(view)
        while self._sink is not None and view:
            try:
                written = self._sink.write(view)
            except OSError as problem:  # an exception that went through Tink would be told on standard error
                self.errno = problem.errno or errno.EIO
                self.shut()
                break
            self.count += written
            view = view[written:]
        return size


class _Kept(io.BytesIO):
    """A buffer that outlives the stream that was written to it."""

    def close(self) -> None:
        """Stay open."""


class Sealer:
    """Seals what is written to it. Without `commit` nothing that it wrote can be opened."""

    def __init__(self, sink: BinaryIO, dek: Secret, context: Context) -> None:
        self._primitive = _primitive(dek)
        self._context = context
        self._gate = _Gate(sink)
        self._do(lambda: self._gate.write(MARK))
        self._stream = self._primitive.new_encrypting_stream(cast("BinaryIO", self._gate), context.bound(Layer.STREAM))
        self._digest = hashlib.sha256()
        self._length = 0

    def _do(self, act: Callable[[], object]) -> None:
        act()
        if self._gate.errno:
            raise while_writing(self._gate.errno)

    def write(self, chunk: bytes) -> None:
        """Seal more; `FileAccess` or `DiskFull` if the sink fails, and then nothing more is written."""
        self._digest.update(chunk)
        self._length += len(chunk)
        view = memoryview(chunk)
        for start in range(0, len(chunk), _CHUNK):
            self._do(partial(self._stream.write, view[start : start + _CHUNK]))

    def commit(self) -> Sealed:
        """Finish the stream and write the record that makes it count. Whoever owns the sink syncs and renames it."""
        self._do(self._stream.close)
        segments = _segments(self._gate.count - len(MARK))
        kept = _Kept()
        with self._primitive.new_encrypting_stream(kept, self._context.bound(Layer.COMMIT)) as stream:
            stream.write(_RECORD.pack(self._length, segments, self._digest.digest()))
        self._do(lambda: self._gate.write(kept.getvalue()))
        self._gate.shut()
        return Sealed(self._length, self._gate.count, segments)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._gate.shut()


def _segments(size: int) -> int:
    """How many segments so many bytes of ciphertext are, the header being part of the first."""
    return -(-size // SEGMENT)


def seal(source: BinaryIO, sink: BinaryIO, dek: Secret, context: Context) -> Sealed:
    """Seal all of a source, constant in memory."""
    with Sealer(sink, dek, context) as sealer:
        while chunk := source.read(_CHUNK):
            sealer.write(chunk)
        return sealer.commit()


class _Body(io.RawIOBase):
    """All of a source but its last `COMMIT` bytes, which are in `tail` at the end; refuses more than it may hold."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        super().__init__()
        self.tail = b""
        self.count = 0
        self.refused: CloisterError | None = None
        self._source = source
        self._limit = limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        wanted = size if size > 0 else _CHUNK
        while True:
            try:
                chunk = self._source.read(wanted)
            except OSError as problem:
                self.refused = FileAccess(errno=problem.errno or errno.EIO)
                raise
            if not chunk:
                return b""
            held = self.tail + chunk
            given, self.tail = held[:-COMMIT], held[-COMMIT:]
            self.count += len(given)
            length = self.count - HEADER - TAG * _segments(self.count)
            if length > self._limit:
                self.refused = TooLarge(size=length, limit=self._limit)
                raise self.refused
            if given:
                return given


def opened(source: BinaryIO, dek: Secret, context: Context, limit: int) -> Plain:
    """The whole content, once everything agrees; nothing of it before.

    `limit` is the most bytes of content: `TooLarge` above it. `SealedDataDamaged` on anything that `Sealer` did not
    commit under this key and this context.
    """
    primitive, body, content = _primitive(dek), _Body(source, limit), io.BytesIO()
    digest = hashlib.sha256()
    try:
        if source.read(len(MARK)) != MARK:
            raise SealedDataDamaged(why=Harm.STRANGE)
        stream = primitive.new_decrypting_stream(body, context.bound(Layer.STREAM))
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            content.write(chunk)
        if body.read():
            raise SealedDataDamaged(why=Harm.CHANGED)
        record = _record(primitive, body.tail, context)
    except CloisterError:
        raise
    except OSError as problem:
        raise body.refused or FileAccess(errno=problem.errno or errno.EIO) from None
    except Exception:  # noqa: BLE001 - Tink passes on what it meets below as one of several classes
        raise body.refused or SealedDataDamaged(why=Harm.CHANGED) from None
    if record != (content.tell(), _segments(body.count), digest.digest()):
        raise SealedDataDamaged(why=Harm.UNFINISHED)
    return Plain(content.getvalue())


def _record(primitive: streaming_aead.StreamingAead, tail: bytes, context: Context) -> tuple[int, int, bytes]:
    """What the commit record says; `SealedDataDamaged` if there is none."""
    try:
        with primitive.new_decrypting_stream(io.BytesIO(tail), context.bound(Layer.COMMIT)) as stream:
            held = cast("bytes", stream.read())
        length, segments, digest = _RECORD.unpack(held)
    except (tink.TinkError, struct.error):
        raise SealedDataDamaged(why=Harm.UNFINISHED) from None
    return length, segments, digest
