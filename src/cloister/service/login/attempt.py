"""A sign-in that a browser has begun: one cookie, from which all that is secret of it follows by a key.

The browser holds random bits, the time and where to go on, under an authentication code. State, nonce and the
verifier of PKCE are made of these by the key, so that nothing is kept here before a person has come back, and whoever
reads the cookie cannot redeem a code with it elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from cloister.errors import SignInFlaw, SignInRefused

SECONDS = 600
"""From being sent to the provider to coming back."""
_SKEW = 60
_COOKIE = re.compile(
    r"(?P<body>[0-9A-Za-z_-]{43}\.(?P<begun>[0-9]{1,12})\.(?P<to>/[0-9A-Za-z._~/-]{0,199}))\.(?P<code>[0-9A-Za-z_-]{43})",
    re.ASCII,
)
_TO = re.compile(r"(?:/[0-9A-Za-z_-][0-9A-Za-z._~-]*)*/?", re.ASCII)
_LONGEST_TO = 200


class Attempt:
    """One of them. `to` is where to go on, `begun` when it began (seconds since 1970)."""

    def __init__(self, key: bytes, body: str, begun: int, to: str) -> None:
        self._key, self._body, self.begun, self.to = key, body, begun, to

    @classmethod
    def new(cls, key: bytes, to: str, now: int) -> Attempt:
        """A new one. What is no path within this service goes on at its first page."""
        to = to if 0 < len(to) <= _LONGEST_TO and _TO.fullmatch(to) else "/"
        return cls(key, f"{secrets.token_urlsafe(32)}.{now}.{to}", now, to)

    @classmethod
    def read(cls, key: bytes, cookie: str, now: int) -> Attempt:
        """The one that a browser holds; `SignInRefused` (STATE) if it is none of ours, or was begun too long ago."""
        found = _COOKIE.fullmatch(cookie)
        if found is not None:
            attempt = cls(key, found["body"], int(found["begun"]), found["to"])
            is_ours = hmac.compare_digest(attempt._made("cookie"), found["code"])
            if is_ours and -_SKEW <= now - attempt.begun < SECONDS:
                return attempt
        raise SignInRefused(why=SignInFlaw.STATE)

    @property
    def cookie(self) -> str:
        """What the browser is given."""
        return f"{self._body}.{self._made('cookie')}"

    @property
    def state(self) -> str:
        """What comes back beside the code."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """What comes back inside the ID token."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """What the provider wants to see with the code (RFC 7636)."""
        return self._made("verifier")

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier before: its SHA-256."""
        return _encoded(hashlib.sha256(self.verifier.encode("ascii")).digest())

    @property
    def digest(self) -> bytes:
        """What is kept of it once it was answered: 32 bytes that lead back to nothing."""
        return self._digest("answered")

    def _made(self, what: str) -> str:
        return _encoded(self._digest(what))

    def _digest(self, what: str) -> bytes:
        return hmac.digest(self._key, f"cloister/attempt/1\n{what}\n{self._body}".encode("ascii"), hashlib.sha256)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
