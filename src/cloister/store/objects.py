"""Sealed bytes in an S3 bucket, one object each, under names that say nothing. An object is there whole or not at all.

What comes in goes up in parts, and becomes an object when the last has arrived. What is given up is aborted; a crash
leaves parts at most, which are sealed too, are no objects, and end by the bucket's own rule for unfinished uploads.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from itertools import chain
from queue import Full, Queue
from typing import TYPE_CHECKING, BinaryIO, Self, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from cloister.errors import BadBucket, BlobsFailed, NotFound
from cloister.hosts import is_this_machine
from cloister.store.blobs import checked

if TYPE_CHECKING:
    from obstore.store import ClientConfig
    from typing_extensions import Buffer

Bytes = bytes | bytearray | memoryview
_NAME = re.compile(r"[0-9a-f]{32}")
_ENDPOINT = re.compile(r"(https?)://(?:\[([0-9a-f:]+)\]|([0-9A-Za-z.-]+))(?::[0-9]{1,5})?/?", re.ASCII)
_PART = 8 << 20
"""Bytes of a part: all but the last of an upload in parts have 5 MiB at least."""
_AT_ONCE, _WAITING = 2, 4
_MOST_AT_ONCE = 1000
"""Objects that one request can delete."""


class _GivenUp(Exception):
    """What comes in is not to be kept."""


class Incoming:
    """Bytes on their way in. Without `keep` nothing is left of them when its block ends."""

    def __init__(self, store: S3Store) -> None:
        self.name = secrets.token_hex(16)
        self.file = cast("BinaryIO", self)
        self._store = store
        self._parts: Queue[bytes | _GivenUp | None] = Queue(_WAITING)
        self._problem: BaseException | None = None
        self._open = True
        self._thread = threading.Thread(target=self._upload, daemon=True)
        self._thread.start()

    def write(self, data: Bytes) -> int:
        """Take more; `BlobsFailed` as soon as the upload has failed."""
        part = bytes(data)
        self._hand(part)
        return len(part)

    def flush(self) -> None:
        """Nothing: what counts is `keep`."""

    def keep(self) -> str:
        """Have it last, and give the name that it has from now on."""
        self._end(None)
        if self._problem is not None:
            raise BlobsFailed
        return self.name

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Abort what was not kept."""
        self._end(_GivenUp())

    def _hand(self, part: bytes | _GivenUp | None) -> None:
        while self._thread.is_alive():
            try:
                self._parts.put(part, timeout=0.1)
            except Full:
                continue
            return
        if isinstance(part, bytes):
            raise BlobsFailed

    def _end(self, how: _GivenUp | None) -> None:
        if self._open:
            self._open = False
            self._hand(how)
            self._thread.join()

    def _given(self) -> Iterator[bytes]:
        while (part := self._parts.get()) is not None:
            if isinstance(part, _GivenUp):
                raise part
            yield part

    def _upload(self) -> None:
        try:
            given = self._given()
            first = bytearray()
            for part in given:
                first += part
                if len(first) >= _PART:
                    rest = chain((bytes(first),), given)
                    obstore.put(self._store, self.name, rest, chunk_size=_PART, max_concurrency=_AT_ONCE)
                    return
            obstore.put(self._store, self.name, bytes(first), use_multipart=False)
        except BaseException as problem:  # noqa: BLE001 - told to whoever writes
            self._problem = problem


class _Opened(RawIOBase):
    """An object, read from its beginning."""

    def __init__(self, parts: Iterator[Bytes]) -> None:
        self._parts, self._rest = parts, memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, into: Buffer) -> int:
        """The next bytes."""
        view = memoryview(into).cast("B")
        while not self._rest:
            with _typed():
                part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part).cast("B")
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class Objects:
    """A bucket of blobs; what `Blobs` is for a folder."""

    def __init__(self, store: S3Store) -> None:
        """Nothing is connected to before it is used."""
        self._store = store

    def close(self) -> None:
        """Let it go: nothing is held."""

    def incoming(self) -> Incoming:
        """A place for new bytes."""
        return Incoming(self._store)

    def open(self, name: str) -> BinaryIO:
        """The bytes of this name; `NotFound` if there are none."""
        with _typed():
            found = obstore.get(self._store, checked(name))
            return cast("BinaryIO", BufferedReader(_Opened(iter(found.stream(min_chunk_size=1 << 20)))))

    def names(self) -> frozenset[str]:
        """Every name. What somebody else put here is none of ours."""
        with _typed():
            return frozenset(
                each["path"] for part in obstore.list(self._store) for each in part if _NAME.fullmatch(each["path"])
            )

    def kept(self) -> frozenset[str]:
        """The same: what is on its way in has no name yet."""
        return self.names()

    def delete(self, *names: str) -> None:
        """Take these away, where they are there."""
        these = [checked(name) for name in names]
        with _typed():
            for start in range(0, len(these), _MOST_AT_ONCE):
                obstore.delete(self._store, these[start : start + _MOST_AT_ONCE])

    def delete_but(self, known: frozenset[str]) -> int:
        """Take away what no record knows of; how much that was."""
        orphans = sorted(self.names() - known)
        self.delete(*orphans)
        return len(orphans)


def opened(bucket: str, region: str, endpoint: str | None = None) -> Objects:
    """A bucket; its credentials are those that this machine has (the variables AWS_*, or its own role).

    `endpoint` is that of a service other than AWS. `BadBucket` if sealed bytes would cross a network without TLS.
    """
    found = _ENDPOINT.fullmatch(endpoint) if endpoint is not None else None
    here = found is not None and is_this_machine(found[2] or found[3])
    if endpoint is not None and (found is None or not (here or found[1] == "https")):
        raise BadBucket
    options: ClientConfig = {"allow_http": True} if here else {}
    try:
        return Objects(S3Store(bucket, region=region, endpoint=endpoint, client_options=options))
    except (BaseError, ValueError):
        raise BadBucket from None


@contextmanager
def _typed() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except (BaseError, OSError, ValueError):
        raise BlobsFailed from None
