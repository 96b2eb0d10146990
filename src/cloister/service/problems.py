"""What the service says when it says no, and the application and server that say nothing else."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloister.errors import (
    AmbiguousLength,
    BadRequest,
    Busy,
    CloisterError,
    HeadersTooLarge,
    InvalidRequest,
    NoSuchAddress,
    QuotaUsedUp,
    TooManyRequests,
    Unexpected,
    UploadCutShort,
    UploadTooSlow,
    WrongMediaType,
    WrongMethod,
)
from cloister.events.quiet import silence
from cloister.service.intake.tus import with_version
from cloister.service.intake.wire import PROBLEM, SAID, Wire, problem
from cloister.settings import Tls
from cloister.settings.values import Networks

HEADER_BYTES = 16 * 1024
HEADERS = 64
PATH_BYTES = 2048
CONNECTIONS = 256
KEEP_ALIVE_SECONDS = 15
STOP_SECONDS = 20
_ENDED = (AmbiguousLength, UploadCutShort, UploadTooSlow)
"""After these the connection is of no more use."""
_MET: dict[int, type[CloisterError]] = {404: NoSuchAddress, 405: WrongMethod, 415: WrongMediaType}
_TALKERS = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "uvicorn.asgi",
    "asyncio",
    "python_multipart",
    "fastapi",
)
"""Libraries that log parts of what was sent, exceptions, and paths: none has a way to write."""


def answer(error: CloisterError, headers: Iterable[tuple[str, str]] = (), **more: str) -> Response:
    """The response for an error, with the headers that go with its kind."""
    said = dict(headers)
    if isinstance(error, TooManyRequests | QuotaUsedUp | Busy):
        said["retry-after"] = str(max(1, math.ceil(float(_number(error, "seconds")))))
    if isinstance(error, TooManyRequests):
        limit, window = _number(error, "limit"), _number(error, "window")
        said["ratelimit-policy"] = f'"requests";q={limit};w={window}'
        said["ratelimit"] = f'"requests";r=0;t={said["retry-after"]}'
    if isinstance(error, _ENDED):
        said["connection"] = "close"
    return Response(problem(error, **more), error.status, said, PROBLEM)


def _number(error: CloisterError, name: str) -> int | float:
    fact = error.facts[name]
    assert isinstance(fact, int | float)
    return fact


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, CloisterError)
    return answer(error, with_version(error).items() if "tus-resumable" in request.headers else ())


async def _theirs(_: Request, error: Exception) -> Response:
    """What the framework refuses. Its own words are not used: they may repeat what was sent."""
    assert isinstance(error, HTTPException)
    allow = (error.headers or {}).get("Allow") or (error.headers or {}).get("allow")
    return answer(_MET.get(error.status_code, BadRequest)(), [("allow", allow)] if allow else ())


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(InvalidRequest(number=len(error.errors())))


class Guard:
    """Around everything: no request of two meanings comes in, and no exception goes out.

    The server would print an exception with what it holds. The headers of every answer are put on here, too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def said(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                headers = MutableHeaders(scope=message)
                for name, value in SAID.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            _shape(scope)
            await self._app(scope, receive, said)
        except CloisterError as error:
            if not began:
                await answer(error)(scope, receive, said)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 - the last line: whatever it says stays here
            # The server closes a connection whose answer was begun and not ended.
            if not began:
                await answer(Unexpected(), incident=secrets.token_hex(8))(scope, receive, said)


def _shape(scope: Scope) -> None:
    """Raise for a request whose end is stated twice, or whose headers are beyond the bounds."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = sum(len(name) + len(value) + 4 for name, value in headers)
    path = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if size > HEADER_BYTES or len(headers) > HEADERS or path > PATH_BYTES:
        raise HeadersTooLarge
    names = [name for name, _ in headers]
    coded = names.count(b"transfer-encoding")
    if coded and (coded > 1 or b"content-length" in names or scope["http_version"] != "1.1"):
        raise AmbiguousLength
    if names.count(b"content-length") > 1:
        raise AmbiguousLength


def hardened(title: str = "Cloister", version: str = "1") -> FastAPI:
    """An application without routes: no telemetry, no pages of docs, /openapi.json (3.1), and our words only."""
    app = FastAPI(
        title=title,
        version=version,
        debug=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        exception_handlers={CloisterError: _ours, HTTPException: _theirs, RequestValidationError: _invalid},
    )
    app.add_middleware(Guard)
    return app


def config(
    app: ASGIApp,
    host: str = "127.0.0.1",
    port: int = 8000,
    socket: Path | None = None,
    *,
    tls: Tls | None = None,
    proxies: Networks = (),
) -> uvicorn.Config:
    """How uvicorn serves it: HTTP/1.1 by h11, nothing logged, no header of its own, no proxy believed but these."""
    made = uvicorn.Config(
        app,
        host=host,
        port=port,
        uds=str(socket) if socket else None,
        loop="asyncio",
        http=Wire,
        ws="none",
        log_config=None,
        access_log=False,
        ssl_certfile=tls.certificate_file if tls else None,
        ssl_keyfile=tls.key_file if tls else None,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[str(each) for each in proxies],
        server_header=False,
        backlog=CONNECTIONS,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
    silence(*_TALKERS)
    return made
