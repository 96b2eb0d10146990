"""The body of a request, as it comes: bounded in bytes and in time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.requests import ClientDisconnect, Request

from cloister.errors import BadRequest, TooLarge, UploadCutShort, UploadTooSlow, WrongMediaType
from cloister.service.intake.sink import Bounds, Kept_co, Sink, Taken, pour

_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


def declared(request: Request, most: int) -> int | None:
    """The length that the request states, or None. `TooLarge` above `most`; `WrongMediaType` for a coded body."""
    if any(value.strip().lower() not in {"", "identity"} for value in request.headers.getlist("content-encoding")):
        raise WrongMediaType
    stated = request.headers.getlist("content-length")
    if not stated:
        return None
    if len(stated) != 1 or not _LENGTH.fullmatch(stated[0]):
        raise BadRequest
    if (size := int(stated[0])) > most:
        raise TooLarge(size=size, limit=most)
    return size


async def parts(request: Request, bounds: Bounds) -> AsyncGenerator[bytes, None]:
    """The bytes of the body. What it holds at a time is what the server has read: 320 KiB at most.

    `TooLarge` at the first byte above the bound, `UploadTooSlow`, and `UploadCutShort` where the client goes away.
    """
    size, waited = 0, 0.0
    async with aclosing(request.stream()) as stream:
        while True:
            allowed = min(bounds.silence, bounds.longest - waited, bounds.grace + size / bounds.rate - waited)
            began = time.monotonic()
            try:
                async with asyncio.timeout(allowed):
                    part = await anext(stream, b"")
            except TimeoutError:
                raise UploadTooSlow(seconds=round(waited + time.monotonic() - began)) from None
            except ClientDisconnect:
                raise UploadCutShort from None
            waited += time.monotonic() - began
            if not part:
                return
            size += len(part)
            if size > bounds.most:
                raise TooLarge(size=size, limit=bounds.most)
            yield part


async def raw(request: Request, sink: Sink[Kept_co], bounds: Bounds) -> Taken[Kept_co]:
    """A body that is the file itself, into the sink. Its Content-Type is not believed, and not looked at."""
    try:
        declared(request, bounds.most)
    except BaseException:
        await sink.abort()
        raise
    async with aclosing(parts(request, bounds)) as body:
        return await pour(body, sink)
