"""Where an upload goes, and the bounds that it has to keep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from cloister.errors import EmptyFile

Kept_co = TypeVar("Kept_co", covariant=True)


class Sink(Protocol[Kept_co]):
    """Takes one upload and seals it. It is ended once: by `commit`, or by `abort` after anything else."""

    async def write(self, part: bytes, /) -> None:
        """Take the next bytes. Nothing is read from the client until it returns."""
        ...

    async def commit(self) -> Kept_co:
        """Keep what was written; nothing counts as kept before it returns."""
        ...

    async def abort(self) -> None:
        """Drop all of it."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one upload may be.

    It has `most` bytes; is no slower than `rate` bytes a second after `grace` seconds of waiting for the client; takes
    no longer than `longest` seconds of it; and is never silent for `silence` seconds.

    Only time in which the client is waited for counts, so that a slow sink is not held against it.
    """

    most: int
    rate: int = 16 * 1024
    grace: float = 20.0
    longest: float = 3600.0
    silence: float = 20.0

    def __post_init__(self) -> None:
        if self.most < 1 or self.rate < 1 or min(self.grace, self.longest, self.silence) <= 0:
            raise ValueError("an upload without bounds")


@dataclass(frozen=True, slots=True)
class Taken(Generic[Kept_co]):
    """An upload that was kept: what the sink gave for it, and how many bytes it has."""

    kept: Kept_co
    size: int


async def pour(parts: AsyncIterator[bytes], sink: Sink[Kept_co]) -> Taken[Kept_co]:
    """All of `parts` into the sink, and commit; on any failure, also a cancelled one, abort. `EmptyFile` for none."""
    size = 0
    try:
        async for part in parts:
            size += len(part)
            await sink.write(part)
        if size == 0:
            raise EmptyFile
        return Taken(await sink.commit(), size)
    except BaseException:
        await asyncio.shield(sink.abort())
        raise
