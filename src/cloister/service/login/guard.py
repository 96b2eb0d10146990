"""Who asks, by the session that a request brings: in a cookie, or in the header Authorization.

A browser sends a cookie along with whatever any page has it ask for. So what changes something has to come from a page
of this service, which `Origin` says, and has to bring what only such a page knows (`csrf`). A header nobody sends by
accident.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from typing import NamedTuple

from starlette.datastructures import Headers

from cloister.access.entities import Person
from cloister.errors import CrossSite, TokenRefused
from cloister.service.login.login import Login
from cloister.service.login.sessions import found

SESSION = "__Host-cloister"
ATTEMPT = "__Host-cloister-sign-in"
"""Names that browsers take only over TLS, for this host alone, and for all of it (RFC 6265bis, section 4.1.3)."""
CSRF = "X-CSRF-Token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = re.compile(r"bearer +([!-~]+)", re.IGNORECASE | re.ASCII)


class Presented(NamedTuple):
    """A token that a request brings. `by_browser`: in a cookie, which needs nobody's intention."""

    token: str
    by_browser: bool

    def __repr__(self) -> str:
        return "<Presented>"


def presented(headers: Headers) -> Presented:
    """The one token of a request; `TokenRefused` if there is none. A header counts before a cookie, also a bad one."""
    given = headers.getlist("authorization")
    if given:
        bearer = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
        if bearer is None:
            raise TokenRefused
        return Presented(bearer[1], by_browser=False)
    token = cookie(headers, SESSION)
    if token is None:
        raise TokenRefused
    return Presented(token, by_browser=True)


def caller(login: Login, method: str, headers: Headers) -> Person:
    """Who asks; `TokenRefused` if nobody who is signed in, `CrossSite` if a page of another site has them ask."""
    given = presented(headers)
    came_from_here(login, method, headers, given)
    return found(login, given.token)


def came_from_here(login: Login, method: str, headers: Headers, given: Presented) -> None:
    """Raise `CrossSite` if a browser asks for a change, and not from a page of this service."""
    if method in _READING or not given.by_browser:
        return
    brought = headers.getlist(CSRF)
    if headers.getlist("origin") != [login.public] or len(brought) != 1:
        raise CrossSite
    if not hmac.compare_digest(brought[0].encode("latin-1"), csrf(login, given.token).encode("ascii")):
        raise CrossSite


def csrf(login: Login, token: str) -> str:
    """What a page has to bring for changes, in the header X-CSRF-Token. The token does not follow from it."""
    digest = hmac.digest(login.key("csrf"), token.encode("latin-1"), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def cookie(headers: Headers, name: str) -> str | None:
    """The value of a cookie; None if there is none, or several: a browser keeps one of a `__Host-` name."""
    parts = [part.strip().partition("=") for line in headers.getlist("cookie") for part in line.split(";")]
    values = [value for named, _, value in parts if named == name]
    return values[0] if len(values) == 1 else None


def set_cookie(name: str, value: str, seconds: int) -> str:
    """The header that gives a browser a cookie; 0 seconds take it away."""
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"
