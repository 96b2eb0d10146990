"""Resumable uploads as tus 1.0.0: core, creation, termination and expiration. What is kept, and how, is the store's.

The offset that is answered is the one that the store has committed, asked again after every write: an answer never
says more than what survives a crash. The checksum extension is left out, since every segment is sealed and
authenticated by the store.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from email.utils import formatdate
from types import MappingProxyType
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from cloister.errors import (
    BadRequest,
    CloisterError,
    FormFlaw,
    FormRefused,
    TooLarge,
    UploadGone,
    UploadNotKept,
    WrongMediaType,
    WrongMethod,
    WrongOffset,
    WrongUploadVersion,
)
from cloister.service.intake.body import declared, parts
from cloister.service.intake.fields import LONGEST, Fields, text_of
from cloister.service.intake.sink import Bounds

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
OFFSET_TYPE = "application/offset+octet-stream"
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_LONGEST_METADATA = 4096
_NOT_KEPT = frozenset({"filename", "filetype", "name", "type", "relativePath"})
"""What clients send of themselves: the name of a file, and a type that is not believed. Dropped unread."""


class Resumable(Protocol):
    """One upload in the store."""

    @property
    def key(self) -> str:
        """Its id."""
        ...

    @property
    def length(self) -> int:
        """What was promised, in bytes."""
        ...

    @property
    def expires(self) -> int:
        """When it is over, in seconds since 1970."""
        ...

    def expired(self) -> bool:
        """Whether it is over: its time has passed, or it was ended."""
        ...

    async def offset(self) -> int:
        """How many bytes are committed, as the store has it now."""
        ...

    async def append(self, offset: int, chunks: AsyncGenerator[bytes, None], /) -> int:
        """Commit what comes, and give the new offset.

        It compares and sets: `WrongOffset` where the upload does not stand at `offset` any more. Where `chunks` raises,
        what was committed until then may stay.
        """
        ...

    async def abort(self) -> None:
        """Drop all of it, at once."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a creating POST asks for."""

    length: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Uploads:
    """The protocol, for uploads of at most `bounds.most` bytes. One per process; it holds which are being written."""

    bounds: Bounds
    _writing: set[str] = field(default_factory=set)

    def options(self) -> Response:
        """What this server speaks."""
        said = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(self.bounds.most)}
        return _answer(204, said)

    def creation(self, request: Request) -> Asked:
        """What a POST asks for: the length, and the known fields of its metadata. No content comes with it."""
        _versioned(request)
        if _one(request, "upload-defer-length") is not None:
            raise BadRequest
        if declared(request, self.bounds.most) or _one(request, "transfer-encoding") is not None:
            raise BadRequest
        length = _number(_one(request, "upload-length"))
        if length > self.bounds.most:
            raise TooLarge(size=length, limit=self.bounds.most)
        if length == 0:
            raise BadRequest
        return Asked(length, metadata(_one(request, "upload-metadata") or ""))

    def created(self, upload: Resumable, address: str) -> Response:
        """The answer to it. `address` is the path of the new upload: a public id, never a token."""
        return _answer(201, {"Location": address, "Upload-Offset": "0", **_expiry(upload)})

    async def respond(self, request: Request, upload: Resumable) -> Response:
        """HEAD, PATCH, PUT or DELETE on an upload that exists; whoever asks was let in before."""
        if request.method != "PUT":
            _versioned(request)
        if request.method == "DELETE":
            await upload.abort()
            return _answer(204, {})
        if upload.expired():
            raise UploadGone
        if request.method == "HEAD":
            offset = await self._committed(upload)
            return _answer(200, {"Upload-Offset": str(offset), "Upload-Length": str(upload.length), **_expiry(upload)})
        if request.method == "PATCH":
            if request.headers.getlist("content-type") != [OFFSET_TYPE]:
                raise WrongMediaType
            return await self._write(request, upload, _number(_one(request, "upload-offset")))
        if request.method == "PUT":
            if declared(request, self.bounds.most) != upload.length:
                raise BadRequest
            return await self._write(request, upload, 0)
        raise WrongMethod

    async def _write(self, request: Request, upload: Resumable, at: int) -> Response:
        """Exactly one writes at a time: here by the set, and between processes by what `append` compares."""
        if upload.key in self._writing:
            raise WrongOffset
        self._writing.add(upload.key)
        try:
            if await self._committed(upload) != at:
                raise WrongOffset
            left = upload.length - at
            declared(request, left)
            came = _Counted(request, self.bounds, upload, left)
            after = await self._appended(upload, at, came)
            if after != at + came.size:
                raise UploadNotKept
        finally:
            self._writing.discard(upload.key)
        return _answer(204, {"Upload-Offset": str(after), **_expiry(upload)})

    async def _appended(self, upload: Resumable, at: int, came: _Counted) -> int:
        async with aclosing(came.chunks()) as chunks:
            try:
                said = await upload.append(at, chunks)
            except OSError:
                raise UploadNotKept from None
        if upload.expired():
            raise UploadGone
        if not came.whole or said != await self._committed(upload):
            raise UploadNotKept
        return said

    async def _committed(self, upload: Resumable) -> int:
        try:
            offset = await upload.offset()
        except OSError:
            raise UploadNotKept from None
        if not 0 <= offset <= upload.length:
            raise UploadNotKept
        return offset


class _Counted:
    """The bytes of one request, never more than are left of the upload."""

    def __init__(self, request: Request, bounds: Bounds, upload: Resumable, left: int) -> None:
        self.size, self.whole = 0, False
        self._request, self._upload, self._left = request, upload, left
        self._bounds = Bounds(max(left, 1), bounds.rate, bounds.grace, bounds.longest, bounds.silence)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Them; `TooLarge` for one above what is left, `UploadGone` once the upload was ended or expired."""
        async with aclosing(parts(self._request, self._bounds)) as body:
            async for part in body:
                if self._upload.expired():
                    raise UploadGone
                if self.size + len(part) > self._left:
                    raise TooLarge(size=self.size + len(part), limit=self._left)
                self.size += len(part)
                yield part
        self.whole = True


def metadata(text: str) -> Fields:
    """The known fields of `Upload-Metadata`; a name of a file is dropped, anything else is refused."""
    if len(text) > _LONGEST_METADATA:
        raise FormRefused(why=FormFlaw.LENGTH)
    held: dict[str, str] = {}
    seen: set[str] = set()
    for pair in text.split(",") if text.strip() else ():
        name, _, coded = pair.strip().partition(" ")
        if name in seen:
            raise FormRefused(why=FormFlaw.REPEATED)
        seen.add(name)
        if name in _NOT_KEPT:
            continue
        if name not in LONGEST:
            raise FormRefused(why=FormFlaw.UNKNOWN)
        try:
            held[name] = text_of(name, base64.b64decode(coded, validate=True))
        except (binascii.Error, ValueError):
            raise FormRefused(why=FormFlaw.TEXT) from None
    return MappingProxyType(held)


def with_version(error: CloisterError) -> Mapping[str, str]:
    """The headers that a refusal of a resumable upload carries."""
    return {"Tus-Resumable": VERSION, **({"Tus-Version": VERSION} if isinstance(error, WrongUploadVersion) else {})}


def _versioned(request: Request) -> None:
    if request.headers.getlist("tus-resumable") != [VERSION]:
        raise WrongUploadVersion


def _one(request: Request, name: str) -> str | None:
    held = request.headers.getlist(name)
    if len(held) > 1:
        raise BadRequest
    return held[0] if held else None


def _number(text: str | None) -> int:
    if text is None or not _NUMBER.fullmatch(text):
        raise BadRequest
    return int(text)


def _expiry(upload: Resumable) -> dict[str, str]:
    return {"Upload-Expires": formatdate(upload.expires, usegmt=True)}


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})
