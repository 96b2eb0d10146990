"""Tokens: what opens something to whoever has it. They are shown once; what is kept of one cannot be turned back.

    token = made(Use.SERVICE_KEY)          # 256 random bits, in 55 characters
    digest = kept(Use.SERVICE_KEY, token.open().decode(), key)

A token says what it is for and ends with a checksum, so that a scanner finds one that was committed somewhere, and a
mistyped one is refused before anything is looked up. One use's token is no other's: the use is a part of the digest.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import secrets
from enum import Enum

from cloister.errors import TokenRefused
from cloister.model import Plain

SIZE = 32
"""Bytes of chance in a token, and of what is kept of it."""
_LEAST_KEY = 32
_TOKEN = re.compile(r"(cl[a-z]_)([0-9A-Za-z_-]{43})([0-9a-f]{8})", re.ASCII)


class Use(Enum):
    """What a token is for, by its first four characters."""

    SERVICE_KEY = "clk_"
    """A program's, until it is revoked or over."""
    UPLOAD = "clu_"
    """To hand in one document, once."""
    RESUME = "clr_"
    """To go on with an upload that was begun."""
    SESSION = "cls_"
    """A person's, from signing in to signing out."""


def made(use: Use) -> Plain:
    """A new one, as ASCII. Nobody else has it, and it is written nowhere."""
    body = use.value + secrets.token_urlsafe(SIZE)
    return Plain((body + _sum(body)).encode("ascii"))


def kept(use: Use, token: str, key: bytes) -> bytes:
    """What is kept of a token, and what one that comes is looked up by: 32 bytes (HMAC-SHA-256).

    `TokenRefused` for whatever was not made for this use; `ValueError` for a key of less than 32 bytes.
    """
    if len(key) < _LEAST_KEY:
        raise ValueError("a key that could be guessed")
    found = _TOKEN.fullmatch(token)
    if found is None or found[1] != use.value or not hmac.compare_digest(_sum(found[1] + found[2]), found[3]):
        raise TokenRefused
    return hmac.digest(key, f"cloister/token/1\n{use.name}\n{token}".encode("ascii"), hashlib.sha256)


def _sum(body: str) -> str:
    return f"{binascii.crc32(body.encode('ascii')):08x}"
