"""The wire between the parent and a scan jail: items in; which tokens were found, and what could not be explained, out.

The needles (words and their tokens) reach the warm process through a descriptor of its own, before it is locked and
before it sees any item. Then PRINTS (once a child), and for each item ITEM or PART (the bytes); the jail answers with
HIT and WHY frames and DONE. LAST ends the child. Nothing of an item crosses back: a hit is numbers, a form and a reason
are members of an enum.
PACK has bytes compressed, for the seeded leaks; PRINT has a picture's fingerprint taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cloister.errors import JailLied, Why
from cloister.jail.wire import Pack, Unpack

ITEM, PART, LAST, PRINTS, PACK, PRINT = range(1, 7)
HIT, WHY, DONE, PACKED, PRINTED = range(11, 16)

MAX_ITEM = 64 << 20
"""Bytes of an item that are searched in one piece."""
MAX_TOKENS, MAX_WORDS = 4096, 2
MAX_DEPTH = 12
MAX_HITS = 20_000
MAX_PRINTS = 512
SIDE = 128
PRINT_SIZE = SIDE * SIDE
MAX_PACK = 1 << 20


class Form(Enum):
    """How something was encoded: the name of a decoder, or how the word itself stood there."""

    PLAIN = "plain"
    MISREAD = "misread"
    """One letter is wrong, missing or too many."""
    STEMMED = "stemmed"
    """Cut short, as indexes do."""
    SPACED = "spaced"
    """Signs, spaces or line ends between its letters."""
    UTF16 = "utf-16"
    UTF32 = "utf-32"
    REVERSED = "reversed"
    ROT13 = "rot13"
    CAESAR = "caesar"
    EBCDIC = "ebcdic"
    XOR = "xor"
    BASE64 = "base64"
    BASE32 = "base32"
    BASE85 = "base85"
    HEX = "hex"
    UU = "uuencode"
    NUMBERS = "numbers"
    """The codes of its letters, in decimal or binary digits."""
    ESCAPES = "escapes"
    """JSON, C, HTML, URL or quoted-printable escapes."""
    UNICODE = "unicode"
    """Look-alike letters of Unicode: full-width, mathematical."""
    GZIP = "gzip"
    ZLIB = "zlib"
    DEFLATE = "deflate"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    ZSTD = "zstd"
    BROTLI = "brotli"
    LZ4 = "lz4"
    ZIP = "zip"
    TAR = "tar"
    PDF = "pdf"
    PNG = "png"
    SQLITE = "sqlite"
    WAL = "wal"
    RECORD = "record"
    """A part of a binary file, found by trying."""
    IMAGE = "image"
    PICTURE = "picture"
    """A picture that is one of the given pages."""


class Reason(Enum):
    """Why bytes are unexplained."""

    RANDOM = "bytes that look random: encrypted, or packed in a way that is not decoded"
    ENCRYPTED = "encrypted"
    UNKNOWN = "packed in a way that is not decoded"
    DAMAGED = "packed data that ends early or is damaged"
    TOO_DEEP = "packed more deeply than the limit"
    TOO_MUCH = "it unpacks to more than the limit"
    TOO_MANY = "more parts than the limit"
    TOO_LONG = "searching it took longer than the limit"
    TOO_LARGE = "larger than the limit: searched in pieces"
    PICTURE = "a picture whose content was not read"
    JAIL = "the jail that searched it failed"


FORMS, REASONS = tuple(Form), tuple(Reason)


@dataclass(frozen=True, slots=True)
class Needle:
    """One token: its words. Its number is its place in the list."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A token that was found: its number, which of its words (as bits), and the decoders that led there."""

    token: int
    words: int
    path: tuple[Form, ...]


class Packing(Enum):
    """What PACK can do."""

    ZSTD = 1
    BROTLI = 2


def pack_needles(needles: tuple[Needle, ...]) -> bytes:
    """How needles are told."""
    pack = Pack().u32(len(needles))
    for needle in needles:
        pack.u8(len(needle.words))
        for word in needle.words:
            pack.text(word)
    return pack.done()


def read_needles(payload: bytes) -> tuple[Needle, ...]:
    """Take the needles (the jail's side)."""
    unpack = Unpack(payload)
    needles = tuple(
        Needle(tuple(unpack.text(64) for _ in range(unpack.u8(MAX_WORDS, 1)))) for _ in range(unpack.u32(MAX_TOKENS))
    )
    unpack.end()
    return needles


def pack_found(found: Found) -> bytes:
    """How a hit is told."""
    pack = Pack().u32(found.token).u8(found.words).u8(len(found.path))
    for form in found.path:
        pack.u8(FORMS.index(form))
    return pack.done()


def read_found(payload: bytes, tokens: int) -> Found:
    """The hit that was told."""
    unpack = Unpack(payload)
    token, words = unpack.u32(tokens - 1), unpack.u8((1 << MAX_WORDS) - 1, 1)
    path = tuple(FORMS[unpack.u8(len(FORMS) - 1)] for _ in range(unpack.u8(MAX_DEPTH + 2, 1)))
    unpack.end()
    return Found(token, words, path)


def pack_reason(reason: Reason) -> bytes:
    """How a reason is told."""
    return Pack().u8(REASONS.index(reason)).done()


def read_reason(payload: bytes) -> Reason:
    """The reason that was told."""
    unpack = Unpack(payload)
    reason = REASONS[unpack.u8(len(REASONS) - 1)]
    unpack.end()
    return reason


def pack_prints(prints: tuple[bytes, ...]) -> bytes:
    """How the fingerprints of pictures are told, in the pictures' order."""
    return b"".join(prints)


def read_prints(payload: bytes) -> tuple[bytes, ...]:
    """Take the fingerprints (the jail's side)."""
    if len(payload) % PRINT_SIZE:
        raise JailLied(why=Why.BAD_NUMBER)
    return tuple(payload[at : at + PRINT_SIZE] for at in range(0, len(payload), PRINT_SIZE))
