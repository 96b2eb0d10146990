"""A form with one file (RFC 7578), taken apart as it comes: fields first, then the file, straight into a sink."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from types import MappingProxyType

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from starlette.requests import Request

from cloister.errors import FormFlaw, FormRefused, TooLarge
from cloister.service.intake.body import declared, parts
from cloister.service.intake.fields import FILE, LONGEST, Fields, boundary, name_of, text_of
from cloister.service.intake.sink import Bounds, Kept_co, Sink, Taken, pour

OVERHEAD = 16 * 1024
"""Bytes of a form, at most, that are not of its file."""
_HEADERS, _HEADER = 4, 4096


class Form:
    """What has come of a form so far. `feed` takes the next bytes of the body and gives those of the file."""

    def __init__(self, mark: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.seen_file = False
        self.over = False
        self._first, self._last = b"--" + mark, b"\r\n--" + mark + b"--"
        self._head, self._tail, self._after = b"", b"", b""
        self._begun = 0
        self._name: str | None = None
        self._field, self._value = b"", b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._text = bytearray()
        self._out: list[bytes] = []
        self._parser = MultipartParser(
            mark,
            {
                "on_part_begin": self._part_begin,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_end": self._end,
            },
            max_header_count=_HEADERS,
            max_header_size=_HEADER,
        )

    def feed(self, part: bytes) -> list[bytes]:
        """The bytes of the file within these; `FormRefused` for whatever is no form of ours."""
        if self.over:
            self._trailing(part)
            return []
        if len(self._head) < len(self._first):
            self._head = (self._head + part)[: len(self._first)]
            if not self._first.startswith(self._head):
                raise FormRefused(why=FormFlaw.SYNTAX)  # nothing stands before the first boundary
        self._out = []
        try:
            self._parser.write(part)
        except FormParserError:
            raise FormRefused(why=FormFlaw.SYNTAX) from None
        window = self._tail + part
        if self.over:
            at = window.find(self._last)
            if at < 0:
                raise FormRefused(why=FormFlaw.NO_FILE)
            self._trailing(window[at + len(self._last) :])
        self._tail = window[-(len(self._last) - 1) :]
        return self._out

    def finish(self) -> None:
        """All has come: `FormRefused` unless it ended as a form does, after one file."""
        if not self.over:
            raise FormRefused(why=FormFlaw.UNFINISHED)
        if not self.seen_file:
            raise FormRefused(why=FormFlaw.NO_FILE)
        if self._after not in {b"", b"\r\n"}:
            raise FormRefused(why=FormFlaw.TRAILING)

    def _trailing(self, part: bytes) -> None:
        self._after += part[:3]
        if not b"\r\n".startswith(self._after):
            raise FormRefused(why=FormFlaw.TRAILING)

    def _part_begin(self) -> None:
        self._begun += 1
        if self._begun > len(LONGEST) + 1:
            raise FormRefused(why=FormFlaw.REPEATED if self.seen_file else FormFlaw.UNKNOWN)
        self._headers, self._name, self._field, self._value = [], None, b"", b""
        self._text.clear()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers.append((self._field, self._value))
        self._field, self._value = b"", b""

    def _headers_finished(self) -> None:
        self._name = name_of(self._headers)
        self._headers = []
        if self._name == FILE:
            if self.seen_file:
                raise FormRefused(why=FormFlaw.REPEATED)
            self.seen_file = True
        elif self._name in self.fields:
            raise FormRefused(why=FormFlaw.REPEATED)
        elif self.seen_file:
            raise FormRefused(why=FormFlaw.ORDER)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE:
            self._out.append(bytes(data[start:end]))
            return
        self._text += data[start:end]
        if self._name is None or len(self._text) > LONGEST[self._name]:
            raise FormRefused(why=FormFlaw.LENGTH)

    def _part_end(self) -> None:
        if self._name is None:
            raise FormRefused(why=FormFlaw.SYNTAX)
        if self._name != FILE:
            self.fields[self._name] = text_of(self._name, bytes(self._text))

    def _end(self) -> None:
        self.over = True


async def multipart(
    request: Request, opened: Callable[[Fields], Awaitable[Sink[Kept_co]]], bounds: Bounds
) -> Taken[Kept_co]:
    """A form's file into the sink that `opened` gives for its fields; it is asked before the first byte is taken.

    `bounds.most` is the file's; the form around it may have `OVERHEAD` more.
    """
    mark = boundary(request.headers.getlist("content-type"))
    whole = Bounds(bounds.most + OVERHEAD, bounds.rate, bounds.grace, bounds.longest, bounds.silence)
    declared(request, whole.most)
    async with aclosing(parts(request, whole)) as body:
        return await taken(body, Form(mark), opened, bounds.most)


async def taken(
    body: AsyncGenerator[bytes, None], form: Form, opened: Callable[[Fields], Awaitable[Sink[Kept_co]]], most: int
) -> Taken[Kept_co]:
    """The same, from the bytes of a body."""
    waiting: list[bytes] = []
    async for part in body:
        waiting = form.feed(part)
        if form.seen_file:
            break
    if not form.seen_file:
        form.finish()
    sink = await opened(MappingProxyType(dict(form.fields)))
    return await pour(_rest(waiting, body, form, most), sink)


async def _rest(
    waiting: list[bytes], body: AsyncGenerator[bytes, None], form: Form, most: int
) -> AsyncGenerator[bytes, None]:
    """The bytes of the file, from its first on; it ends only where the form ended well."""
    size = 0
    while True:
        for piece in waiting:
            size += len(piece)
            if size > most:
                raise TooLarge(size=size, limit=most)
            yield piece
        part = await anext(body, b"")
        if not part:
            break
        waiting = form.feed(part)
    form.finish()
