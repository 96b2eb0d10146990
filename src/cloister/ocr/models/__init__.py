"""The shipped model files and the hashes they must have."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from cloister.errors import ModelTampered

_LISTS = ("SHA256SUMS", "languages.sha256")
"""One list for each script of `training` that makes files here."""


@cache
def hashes() -> tuple[tuple[str, str], ...]:
    """Each file's name with its SHA-256, as shipped."""
    lines = [line for name in _LISTS for line in (files(__package__) / name).read_text(encoding="ascii").splitlines()]
    return tuple((line[66:], line[:64]) for line in lines)


def load(name: str) -> bytes:
    """Give one file's bytes; raises `ModelTampered` where they are missing or not those that were shipped."""
    try:
        held = (files(__package__) / name).read_bytes()
    except FileNotFoundError:
        raise ModelTampered from None
    if hashlib.sha256(held).hexdigest() != dict(hashes())[name]:
        raise ModelTampered
    return held
