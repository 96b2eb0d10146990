"""What may stand beside a file in a form: which fields, how long, and which headers a part may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from cloister.errors import FormFlaw, FormRefused

Fields = Mapping[str, str]

FILE = "file"
LONGEST: Mapping[str, int] = MappingProxyType({"kind": 64, "language": 128, "formats": 128, "retention": 32})
"""The fields that are known, and how many bytes each may have."""
_HEADERS = frozenset({b"content-disposition", b"content-type", b"content-length", b"content-transfer-encoding"})
_UNCODED = frozenset({b"binary", b"8bit", b"7bit"})
_BOUNDARY = re.compile(
    r'multipart/form-data[ \t]*;[ \t]*boundary=("?)([0-9A-Za-z\'()+_,./:=?-]{1,70})\1', re.IGNORECASE
)
_DISPOSITION = re.compile(
    rb'form-data[ \t]*;[ \t]*name="([A-Za-z0-9_-]{1,32})"'
    rb'([ \t]*;[ \t]*filename="(?:[^"\r\n]|\\")*")?([ \t]*;[ \t]*filename\*=[^\s;"]*)?',
    re.IGNORECASE,
)


def boundary(types: list[str]) -> bytes:
    """The boundary that the Content-Type of a form states, from all such headers; `FormRefused` for any doubt."""
    found = _BOUNDARY.fullmatch(types[0].strip()) if len(types) == 1 else None
    if found is None:
        raise FormRefused(why=FormFlaw.BOUNDARY)
    return found[2].encode("ascii")


def name_of(headers: list[tuple[bytes, bytes]]) -> str:
    """Which field a part is: `file`, or a known one. The name of the file is dropped here, and goes nowhere."""
    names = [name.lower() for name, _ in headers]
    if len(set(names)) != len(names) or not set(names) <= _HEADERS:
        raise FormRefused(why=FormFlaw.HEADERS)
    held = {name.lower(): value.strip() for name, value in headers}
    found = _DISPOSITION.fullmatch(held.get(b"content-disposition", b""))
    if found is None or held.get(b"content-transfer-encoding", b"binary").lower() not in _UNCODED:
        raise FormRefused(why=FormFlaw.HEADERS)
    name = found[1].decode("ascii")
    if name == FILE:
        return name
    if name not in LONGEST or found[2] is not None or found[3] is not None:
        raise FormRefused(why=FormFlaw.UNKNOWN)
    return name


def text_of(name: str, value: bytes) -> str:
    """The text of a field: UTF-8 on one line, no longer than it may be."""
    if len(value) > LONGEST[name]:
        raise FormRefused(why=FormFlaw.LENGTH)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise FormRefused(why=FormFlaw.TEXT) from None
    if not text.isprintable():
        raise FormRefused(why=FormFlaw.TEXT)
    return text
