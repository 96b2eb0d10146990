"""The routes of documents: hand in, look, follow, fetch, prove, delete."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from cloister import formats, languages
from cloister.desk.looking import Standing
from cloister.desk.receive import Receiving
from cloister.desk.sealing import MOST
from cloister.desk.who import Asker
from cloister.errors import CloisterError, UnknownFormat
from cloister.model import Sensitivity
from cloister.service.counter import Counter
from cloister.service.intake.body import declared, raw
from cloister.service.intake.fields import Fields
from cloister.service.intake.form import OVERHEAD, multipart
from cloister.service.intake.sink import Bounds
from cloister.service.limits import Gate, Rate
from cloister.store.rows import State

T = TypeVar("T")
_AT_ONCE = 1 << 18
"""Bytes that are handed to the encryptor at once: for less, changing threads costs more than sealing."""
_LOOK = 0.2
"""Seconds between two looks at a document that somebody follows."""
_LONGEST_WAIT = 60.0
_KEEP_ALIVE = 15.0
_BOUNDS = Bounds(MOST)
"""How large and slow an upload may be at all; the policy says how large its kind may be."""
_UNKNOWN = 64 << 20
"""Bytes that an upload is taken to have which does not say."""


class Document(BaseModel):
    """How it stands with a document. Times are ISO 8601 in UTC."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^doc-[0-9a-f]{32}$")
    state: State
    kind: str | None = Field(description="As it was said to be; null: the policy does not list it.")
    level: Sensitivity
    accepted: str
    pages: int = Field(ge=0, description="0 until it was read.")
    runs: int = Field(ge=0, description="How often it was read, or tried to be.")
    problem: str | None = Field(description="The code of what went wrong when it was read last.")
    kept: dict[str, str] = Field(description="Each artefact that is kept, and until when.")
    ended: str | None
    cause: str | None = Field(description="Why nothing of it is left.")


class Documents(BaseModel):
    """The documents that you may know of, in the order in which they came."""

    model_config = ConfigDict(extra="forbid")

    documents: list[Document]


class _Sealing:
    """The encryptor as a sink: what comes is sealed in threads, in pieces that are worth it."""

    def __init__(self, routes: Routes, coming: Receiving) -> None:
        self._routes, self._coming, self._held = routes, coming, bytearray()

    async def write(self, part: bytes, /) -> None:
        self._held += part
        if len(self._held) >= _AT_ONCE:
            await self._flush()

    async def commit(self) -> Standing:
        try:
            await self._flush()
            return await self._routes.run(self._routes.keep, self._coming)
        finally:
            await self._routes.run(self._coming.close)

    async def abort(self) -> None:
        await self._routes.run(self._coming.close)

    async def _flush(self) -> None:
        held = bytes(self._held)
        self._held.clear()
        if held:
            await self._routes.run(self._coming.write, held)


class Routes:
    """The routes, over a counter. What blocks is done in threads, at most so many at once."""

    def __init__(self, counter: Counter, rate: Rate, gate: Gate, threads: int = 16) -> None:
        self._counter, self._rate, self._gate = counter, rate, gate
        self._threads = CapacityLimiter(threads)

    async def run(self, act: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - they are the act's own
        """Do it in a thread."""
        return await to_thread.run_sync(act, *arguments, limiter=self._threads)

    async def asker(self, request: Request, response: Response) -> Asker:
        """Whoever asks, if they have not asked too often."""
        address = request.client.host if request.client else None
        found = await self.run(self._counter.asker, request.headers, address)
        response.headers.update(self._rate.take(found.principal.id).headers())
        return found

    def keep(self, coming: Receiving) -> Standing:
        """Keep what came."""
        return self._counter.keep(coming)

    def router(self) -> APIRouter:
        """All of them, below /v1."""
        router = APIRouter(prefix="/v1", tags=["documents"])
        who = Depends(self.asker)

        @router.post("/documents", status_code=202)
        async def submit(
            request: Request,
            response: Response,
            kind: Annotated[str | None, Query(max_length=100)] = None,
            language: Annotated[str, Query(max_length=100)] = "",
            wait: Annotated[float, Query(ge=0, le=_LONGEST_WAIT)] = 0,
            asker: Asker = who,
        ) -> Document:
            """Hand a document in: the body is it, or a form with it. When this answers it is kept, sealed."""
            size = declared(request, MOST) or 0

            async def opened(fields: Fields) -> _Sealing:
                said = fields.get("language", language)
                codes = languages.parse(said) if said else ()
                least = max(0, size - OVERHEAD) if _is_form(request) else size
                held = await self.run(self._counter.receiving, asker, fields.get("kind", kind), least, codes)
                return _Sealing(self, held)

            with self._gate.admitted(size or _UNKNOWN):
                if _is_form(request):
                    found = (await multipart(request, opened, _BOUNDS)).kept
                else:
                    found = (await raw(request, await opened({}), _BOUNDS)).kept
            response.headers["Location"] = f"/v1/documents/{found.document.id}"
            if wait:
                found = await self._waited(asker, found, wait)
                response.status_code = 200 if await self._is_over(found) else 202
            return _told(found)

        @router.get("/documents")
        async def every(asker: Asker = who) -> Documents:
            """List the documents that you may know of."""
            found = await self.run(self._counter.standings, asker)
            return Documents(documents=[_told(each) for each in found])

        @router.get("/documents/{document}")
        async def standing(document: str, asker: Asker = who) -> Document:
            """Tell how it stands with a document."""
            return _told(await self.run(self._counter.standing, asker, document))

        @router.get("/documents/{document}/events", response_class=StreamingResponse)
        async def events(document: str, asker: Asker = who) -> StreamingResponse:
            """Follow a document until it was read, or is gone (server-sent events)."""
            found = await self.run(self._counter.standing, asker, document)
            return StreamingResponse(self._follow(asker, found), media_type="text/event-stream")

        @router.get("/documents/{document}/text", response_class=Response)
        async def text(
            document: str,
            asker: Asker = who,
            format: Annotated[str, Query(max_length=10)] = "txt",  # noqa: A002
        ) -> Response:
            """Fetch what was read, as txt, md, json, hocr or alto."""
            writer = formats.by_name(format)
            if not isinstance(writer, formats.Writer):
                raise UnknownFormat
            body = await self.run(self._written, asker, document, writer)
            name = f'attachment; filename="{document}{writer.extension}"'
            return Response(body, media_type=writer.media_type, headers={"Content-Disposition": name})

        @router.get("/documents/{document}/receipt", response_class=Response)
        async def receipt(document: str, asker: Asker = who) -> Response:
            """Fetch the proof of what happened to it, which `cloister audit verify` checks."""
            found = await self.run(self._counter.receipt, asker, document)
            return Response(found.to_json() + b"\n", media_type="application/json")

        @router.delete("/documents/{document}")
        async def delete(document: str, asker: Asker = who) -> Document:
            """Shred all of it now."""
            return _told(await self.run(self._counter.delete, asker, document))

        return router

    def _written(self, asker: Asker, document: str, writer: formats.Writer) -> bytes:
        fetched = self._counter.fetched(asker, document)
        return b"".join(writer.write(iter(fetched.document.pages), lambda: fetched.document.facts))

    async def _waited(self, asker: Asker, found: Standing, seconds: float) -> Standing:
        """The document once it was read, or as it is after so many seconds."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + seconds
        while not await self._is_over(found) and loop.time() < latest:
            await asyncio.sleep(_LOOK)
            found = await self.run(self._counter.standing, asker, found.document.id)
        return found

    async def _is_over(self, found: Standing) -> bool:
        """Whether nothing more happens to it but its end: it was read, or nobody will read it any more."""
        row = found.document
        return row.state is not State.QUEUED or not await self.run(self._counter.waits, row.id)

    async def _follow(self, asker: Asker, found: Standing) -> AsyncIterator[bytes]:
        document, last, silent = found.document.id, b"", 0.0
        try:
            while True:
                now = self._event(found)
                if now != last:
                    yield now
                    last, silent = now, 0.0
                elif silent >= _KEEP_ALIVE:
                    yield b": still here\n\n"
                    silent = 0.0
                if await self._is_over(found):
                    return
                await asyncio.sleep(_LOOK)
                silent += _LOOK
                found = await self.run(self._counter.standing, asker, document)
        except CloisterError as problem:  # the answer has begun: it is told as an event
            yield _framed("error", {"code": problem.code})

    def _event(self, found: Standing) -> bytes:
        row = found.document
        said: dict[str, Any] = {"state": row.state.value, "problem": row.problem or None}
        if (progress := self._counter.pages.of(row.id)) is not None:
            said["page"], said["pages"] = progress
        elif row.pages:
            said["page"] = said["pages"] = row.pages
        return _framed("state", said)


def _framed(name: str, said: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(said)}\n\n".encode()


def _told(found: Standing) -> Document:
    return Document.model_validate(found.plain())


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").strip().lower().startswith("multipart/form-data")
