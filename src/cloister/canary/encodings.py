"""How a leak can be written: the encodings that every review seeds, and must find again."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import lzma
import quopri
import zlib
from collections.abc import Callable, Mapping

from cloister.canary.frames import Packing

Encode = Callable[[bytes], bytes]
_KEY = b"\x5a"
_KEYS = b"k\x91\x07"


def _xor(key: bytes) -> Encode:
    return lambda data: bytes(byte ^ key[at % len(key)] for at, byte in enumerate(data))


def _deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


def _each(form: str) -> Encode:
    return lambda data: "".join(form.format(byte) for byte in data).encode()


def _misread(data: bytes) -> bytes:
    """Every word has one letter wrong, as a reader of pixels gets it."""
    return b" ".join(word[:4] + (b"N" if word[4:5] != b"N" else b"M") + word[5:] for word in data.split(b" "))


def _short(data: bytes) -> bytes:
    """As an index cuts words."""
    return b"\n".join(word[:6].lower() for word in data.split(b" "))


def _broken(data: bytes) -> bytes:
    return b"\r\n".join(data[at : at + 5] for at in range(0, len(data), 5))


def _quoted(data: bytes) -> bytes:
    return quopri.encodestring(b"".join(b"=%02X" % byte for byte in data).replace(b"=", b"=")).replace(b"=3D", b"=")


def _base64_of_gzip(data: bytes) -> bytes:
    return base64.b64encode(gzip.compress(data, mtime=0))


PLAIN: Mapping[str, Encode] = {
    "plain": lambda data: data,
    "lower": bytes.lower,
    "title": lambda data: data.decode().title().encode(),
    "utf-16le": lambda data: data.decode().encode("utf-16-le"),
    "utf-16be": lambda data: data.decode().encode("utf-16-be"),
    "utf-32": lambda data: data.decode().encode("utf-32-le"),
    "ebcdic": lambda data: data.decode().encode("cp037"),
    "full-width": lambda data: "".join(chr(byte + 0xFEE0) if byte > 32 else " " for byte in data).encode(),  # noqa: PLR2004
    "base64": base64.b64encode,
    "base64url": lambda data: base64.urlsafe_b64encode(b"\xff\xfe" + data).rstrip(b"="),
    "base64 lines": lambda data: base64.encodebytes(b"A line before it, and more. " * 3 + data),
    "base64 twice": lambda data: base64.b64encode(base64.b64encode(data)),
    "base32": base64.b32encode,
    "base85": base64.b85encode,
    "ascii85": lambda data: base64.a85encode(data, adobe=True),
    "hex": lambda data: data.hex().encode(),
    "hex bytes": lambda data: data.hex(" ").upper().encode(),
    "decimal": lambda data: ", ".join(str(byte) for byte in data).encode(),
    "binary": _each("{:08b} "),
    "json": _each("\\u{:04x}"),
    "c": _each("\\x{:02x}"),
    "html": _each("&#{};"),
    "url": _each("%{:02X}"),
    "quoted-printable": _quoted,
    "spaced": lambda data: b" ".join(bytes([byte]) for byte in data),
    "broken lines": _broken,
    "reversed": lambda data: data[::-1],
    "rot13": lambda data: codecs.encode(data.decode(), "rot13").encode(),
    "misread": _misread,
    "cut short": _short,
    "xor": _xor(_KEY),
    "xor key": _xor(_KEYS),
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zlib": zlib.compress,
    "deflate": _deflate,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "base64 of gzip": _base64_of_gzip,
    "hex of zlib": lambda data: zlib.compress(data).hex().encode(),
    "gzip of base85": lambda data: gzip.compress(base64.b85encode(data), mtime=0),
}
"""Those that the standard library writes."""
PACKED = {"zstd": Packing.ZSTD, "brotli": Packing.BROTLI}
"""Those whose libraries are loaded in a jail only."""
