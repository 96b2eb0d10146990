"""A service that people can sign in to: its database, its app, and a browser's view of it."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI

from cloister.model import Plain, Role
from cloister.service.login.grants import Grant
from cloister.service.login.login import Keys, Login, Times
from cloister.service.login.provider import Client, Provider
from cloister.service.login.routes import routes
from cloister.store import sessions, sqlite
from cloister.store.sessions import SessionRecords
from tests.service.login.real import PUBLIC, SECRET

IDLE = 1800
GRANTS = {
    "ocr-claims": Grant(frozenset({Role.SUBMITTER, Role.READER}), frozenset({"claims"})),
    "ocr-audit": Grant(frozenset({Role.AUDITOR})),
}
KEYS = Keys(Plain(bytes(range(32))), Plain(bytes(range(32, 64))))
NO_TELEMETRY = dict.fromkeys(("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False)
SESSION, ATTEMPT = "__Host-cloister", "__Host-cloister-sign-in"


class Clock:
    """The time, and how far ahead of it a test is."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def made_login(folder, issuer, *, clock=None, secret=SECRET, client="cloister", hosts=(), seconds=5.0, **change):
    """Everything that signing in needs, with a new database in a folder."""
    clock = clock or Clock()
    database = sqlite.make(folder / "records.db")
    sessions.make(database)
    known = Client(client, None if secret is None else Plain(secret.encode()))
    provider = Provider(issuer, known, hosts, clock=clock, seconds=seconds)
    given = {"grants": GRANTS, "keys": KEYS, "times": Times(idle=IDLE), "tenant": "north", "public": PUBLIC} | change
    return Login(provider, SessionRecords(database, given["tenant"], IDLE), clock=clock, **given)


def app(login) -> FastAPI:
    """The app that has only this."""
    made = FastAPI(telemetry=NO_TELEMETRY, openapi_url=None)
    made.include_router(routes(login))
    return made


class _Here(httpx.BaseTransport):
    """The way to an app in this process; what it raises is raised here."""

    def __init__(self, served: FastAPI) -> None:
        self._transport = httpx.ASGITransport(served)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            given = await self._transport.handle_async_request(request)
            return httpx.Response(given.status_code, headers=given.headers, content=await given.aread())

        return asyncio.run(answer())


def browser(login) -> httpx.Client:
    """Somebody's browser, as far as this service sees it."""
    return httpx.Client(transport=_Here(app(login)), base_url=PUBLIC)


def begun(client, to="/"):
    """Begin to sign in: the provider's address, and its parameters."""
    answer = client.get("/login", params={"to": to})
    assert answer.status_code == 303, answer.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return answer.headers["location"], asked


def code_of(answer):
    """The code of a refusal, and its flaw where it says one."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["status"] == answer.status_code
    return said["code"]
