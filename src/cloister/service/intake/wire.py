"""HTTP/1.1 before the application sees it: time for headers, an end to what follows an answer, no words of theirs.

uvicorn waits for headers without end, reads on without end after an answer to an unfinished upload, and answers what
is no HTTP in plain text; none of these is a setting of it.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from cloister.errors import BadRequest, Busy, CloisterError

HEADERS_SECONDS = 10.0
"""From the first byte of a request, or from connecting, until its headers are there."""
LINGER_SECONDS = 3.0
"""How long the rest of a refused upload is read and dropped, so that the client can read the answer."""
BUSY_SECONDS = 5
PROBLEM = "application/problem+json"
SAID = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Headers of every answer; an answer that has one of its own keeps that."""


def problem(error: CloisterError, **more: str) -> bytes:
    """An error as RFC 9457 has it: its code, its own words and its facts; nothing of the request."""
    facts = {name: fact if isinstance(fact, int | float) else fact.value for name, fact in error.facts.items()}
    # The words are the class's, filled with its facts: never those of another exception.
    words = error.says.format(**facts)
    said = {"type": f"urn:cloister:error:{error.code}", "title": _title(error), "status": error.status, "detail": words}
    return json.dumps(said | {"code": error.code, "facts": facts} | more, separators=(",", ":")).encode()


def _title(error: CloisterError) -> str:
    return error.code.replace("-", " ").capitalize()


def _said(error: CloisterError) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """An answer for an error after which the connection is closed: status, headers, body."""
    body = problem(error)
    said = {**SAID, "content-type": PROBLEM, "content-length": str(len(body)), "connection": "close"}
    return error.status, [(name.encode(), value.encode()) for name, value in said.items()], body


async def _busy(_: Scope, __: Receive, send: Send) -> None:
    status, headers, body = _said(Busy(seconds=BUSY_SECONDS))
    headers.append((b"retry-after", str(BUSY_SECONDS).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Wire(H11Protocol):
    """One connection."""

    _headers_due: asyncio.TimerHandle | None = None
    _linger_due: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - the server's
        super().__init__(*args, **named)
        # Answered here, since uvicorn does it in its own words.
        self._most, self.limit_concurrency = self.limit_concurrency, None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers; drop the connection where there are twice as many as are served."""
        super().connection_made(transport)
        if self._most and len(self.connections) > 2 * self._most:
            transport.abort()
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read, and see whether the headers are there."""
        if self.transport.is_closing():
            return
        full = self._most and len(self.connections) > self._most
        self.app = _busy if full else self.config.loaded_app
        super().data_received(data)
        self._await_headers()

    def on_response_complete(self) -> None:
        """After an answer, the rest of an unfinished request is read for a short time only."""
        super().on_response_complete()
        if not self.transport.is_closing() and self.conn.their_state is h11.SEND_BODY and self._linger_due is None:
            self._linger_due = self.loop.call_later(LINGER_SECONDS, self._unfinished)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the words of a parser
        """Answer what is no HTTP in the words that everything is answered in."""
        self._stop()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            status, headers, body = _said(BadRequest())
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _await_headers(self) -> None:
        if self.transport.is_closing() or self.conn.their_state is not h11.IDLE:
            if self._headers_due is not None:
                self._headers_due.cancel()
                self._headers_due = None
        elif self._headers_due is None:
            self._headers_due = self.loop.call_later(HEADERS_SECONDS, self.transport.abort)
        if self._linger_due is not None and self.conn.their_state is not h11.SEND_BODY:
            self._linger_due.cancel()
            self._linger_due = None

    def _unfinished(self) -> None:
        self._linger_due = None
        self.transport.abort()

    def _stop(self) -> None:
        for due in (self._headers_due, self._linger_due):
            if due is not None:
                due.cancel()
        self._headers_due = self._linger_due = None
