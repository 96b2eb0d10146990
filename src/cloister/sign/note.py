"""Signed notes (c2sp.org/signed-note) and the cosignatures of witnesses on them (c2sp.org/tlog-cosignature).

A note is text, a blank line, and lines with signatures, each by a named key. Two kinds of signature are known: plain
Ed25519, and a witness's, which says when it was made. Base64 is accepted in one spelling only, so that no byte of a
note that counts can be changed unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import Enum

from cloister.errors import DoesNotVerify, Flaw, LogDoesNotVerify
from cloister.sign.keys import Key, Public

LONGEST = 64 << 10
"""Bytes of a note at most."""
SIGNATURES = 32
"""Signatures of a note at most; the specification asks for 16 or more."""
NAME = 100
"""Characters of a key's name at most."""
_DASH = "\N{EM DASH} "
_LATEST = 253_402_300_799
"""The end of the year 9999, in seconds since 1970."""


class Kind(Enum):
    """How a key signs notes; the value is the byte that stands for it."""

    ED25519 = 1
    COSIGNATURE = 4
    """By a witness: the signature begins with the time, in seconds since 1970, which is signed too."""


def encoded(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()


def decoded(text: str) -> bytes:
    """The bytes of base64 in its one spelling; `LogDoesNotVerify` on any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise LogDoesNotVerify(why=Flaw.STRANGE) from None
    if encoded(data) != text:
        raise LogDoesNotVerify(why=Flaw.STRANGE)
    return data


def is_name(text: str) -> bool:
    """Whether a key may have this name."""
    printable = all(char.isprintable() and not char.isspace() and char != "+" for char in text)
    return 0 < len(text) <= NAME and printable


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who may have signed: a name, a public key and how it signs. `vkey` writes it as one line."""

    name: str
    key: Public
    kind: Kind = Kind.ED25519

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature says who made it, together with the name."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._material()).digest()[:4]

    def vkey(self) -> str:
        """As the specification writes it: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{encoded(self._material())}"

    def _material(self) -> bytes:
        return bytes([self.kind.value]) + self.key.raw()

    @classmethod
    def from_vkey(cls, text: str) -> Verifier:
        """From what `vkey` gives; `LogDoesNotVerify` on anything else."""
        name, _, rest = text.partition("+")
        material = decoded(rest.partition("+")[2]) if len(text) <= 2 * NAME else b""
        try:
            made = cls(name, Public.from_raw(material[1:]), Kind(material[0]))
        except (DoesNotVerify, ValueError, IndexError):
            raise LogDoesNotVerify(why=Flaw.STRANGE) from None
        if not is_name(name) or made.vkey() != text:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        return made


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: who is said to have signed, and what they gave."""

    name: str
    id: bytes
    body: bytes

    def line(self) -> str:
        """As it is written, with its line end."""
        return f"{_DASH}{self.name} {encoded(self.id + self.body)}\n"

    @classmethod
    def from_line(cls, line: str) -> Signature:
        """From what `line` gives, without its line end."""
        name, _, given = line.removeprefix(_DASH).partition(" ")
        data = decoded(given)
        if not line.startswith(_DASH) or not is_name(name) or len(data) <= 4:  # noqa: PLR2004 - four bytes of id
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        return cls(name, data[:4], data[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """Text that ends with a line end, and its signatures. Nothing in it is believed before `signed_by`."""

    text: str
    signatures: tuple[Signature, ...]

    def written(self) -> bytes:
        """The whole note, in UTF-8."""
        return f"{self.text}\n{''.join(each.line() for each in self.signatures)}".encode()

    @classmethod
    def read(cls, data: bytes) -> Note:
        """From what `written` gives; `LogDoesNotVerify` on anything else."""
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise LogDoesNotVerify(why=Flaw.STRANGE) from None
        text, blank, below = whole.rpartition("\n\n")
        lines = below.split("\n")
        if len(data) > LONGEST or not blank or lines.pop() or not 0 < len(lines) <= SIGNATURES:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        if any(char < " " and char != "\n" for char in whole):
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        return cls(f"{text}\n", tuple(Signature.from_line(line) for line in lines))

    def signed_by(self, verifier: Verifier) -> int:
        """Raise unless this key signed; gives the latest time of a witness's signatures, 0 for other kinds.

        Signatures of other keys are passed over. One of this key that does not fit spoils the note.
        """
        mine = [each for each in self.signatures if (each.name, each.id) == (verifier.name, verifier.id)]
        if not mine:
            raise LogDoesNotVerify(why=Flaw.SIGNER)
        return max(_check(self.text, each.body, verifier) for each in mine)

    def with_signature(self, more: Signature) -> Note:
        """The note with one more signature, in place of an older one of the same key."""
        others = tuple(each for each in self.signatures if (each.name, each.id) != (more.name, more.id))
        return Note(self.text, (*others, more))


def signature(text: str, name: str, key: Key) -> Signature:
    """A plain signature of a note's text."""
    return Signature(name, Verifier(name, key.public).id, key.sign(text.encode()))


def cosignature(text: str, name: str, key: Key, seconds: int) -> Signature:
    """A witness's signature of a checkpoint's text, at a time in seconds since 1970."""
    body = seconds.to_bytes(8, "big") + key.sign(_cosigned(text, seconds))
    return Signature(name, Verifier(name, key.public, Kind.COSIGNATURE).id, body)


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _check(text: str, body: bytes, verifier: Verifier) -> int:
    seconds, message = 0, text.encode()
    if verifier.kind is Kind.COSIGNATURE:
        seconds, body = int.from_bytes(body[:8], "big"), body[8:]
        if not 0 < seconds <= _LATEST:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        message = _cosigned(text, seconds)
    try:
        verifier.key.verify(body, message)
    except DoesNotVerify:
        raise LogDoesNotVerify(why=Flaw.SIGNATURE) from None
    return seconds
