"""The words that are looked for, and the machines that look for them.

Words are searched in the letters of a buffer alone, folded to lower case: so one pass (yara-x, about 500 MB/s) finds
them in any case, in UTF-16 and UTF-32, spaced, hyphenated or broken over lines. Each word is searched by its first four
and its last five letters: whatever one letter is wrong, one of the two is whole. Where letters are turned (Caesar's
cipher), the differences between them are searched. Other spellings are searched whole.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import yara_x

from cloister.canary.frames import Form, Needle
from cloister.canary.jailed.carve import CARVED

HEAD, TAIL = 4, 5
"""Letters of a word that are searched for: at its start, at its end."""
MOST_PERIOD = 12
"""The longest key of an XOR that is found."""
_LEAST_DIFFERENCES = 6
_STRINGS = 256
"""Strings of a rule: all of a rule that matches are gone through, and many rules cost time for each buffer."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in lower case, of a token; `bit` says which of its words."""

    text: bytes
    token: int
    bit: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a match means: a word as it was spelled, and how; `is_head` for its first letters."""

    word: Word
    spelled: bytes
    form: Form
    is_head: bool


class Machine:
    """Searches for many byte strings at once."""

    def __init__(self, strings: Iterable[bytes], most: int = 1 << 18) -> None:
        """`most` is the number of matches of one string that are told; `is_full` says that there were more."""
        self.is_full = False
        self._most = most
        self.strings = list(dict.fromkeys(strings))
        self._scanner: Any = None
        if self.strings:
            rules = "\n".join(self._rule(first) for first in range(0, len(self.strings), _STRINGS))
            self._scanner = yara_x.Scanner(yara_x.compile(rules))
            self._scanner.max_matches_per_pattern(most)

    def _rule(self, first: int) -> str:
        few = self.strings[first : first + _STRINGS]
        told = " ".join(f"$s{at} = {{ {string.hex(' ')} }}" for at, string in enumerate(few, first))
        return f"rule from{first} {{ strings: {told} condition: any of them }}"

    def matches(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Which string stands where."""
        if self._scanner is None or not data:
            return
        for rule in self._scanner.scan(data).matching_rules:
            for pattern in rule.patterns:
                if matches := pattern.matches:
                    string = self.strings[int(pattern.identifier[2:])]
                    self.is_full |= len(matches) >= self._most
                    for match in matches:
                        yield string, match.offset

    def any(self, data: bytes) -> bool:
        """Whether any of them stands there."""
        return self._scanner is not None and bool(data) and bool(self._scanner.scan(data).matching_rules)


class Needles:
    """All that is looked for."""

    def __init__(self, needles: tuple[Needle, ...]) -> None:
        """Make the machines; a locked process could not, as they are machine code."""
        self.words = [
            Word(word.lower().encode(), token, 1 << which)
            for token, needle in enumerate(needles)
            for which, word in enumerate(needle.words)
        ]
        self.count = len(needles)
        self.carved = Machine(CARVED, 1 << 14)
        self.marks: dict[bytes, list[Mark]] = {}
        for word in self.words:
            self._mark(Mark(word, word.text, Form.PLAIN, is_head=True), word.text[:HEAD])
            self._mark(Mark(word, word.text, Form.PLAIN, is_head=False), word.text[-TAIL:])
            self._mark(Mark(word, word.text[::-1], Form.REVERSED, is_head=True), word.text[::-1])
        self.letters = Machine(self.marks)
        self.turned: dict[bytes, list[Word]] = {}
        """Words by what is the same however far their letters are turned."""
        for word in self.words:
            self.turned.setdefault(turns(word.text), []).append(word)
        self.turns = Machine(self.turned)
        self.codes: dict[bytes, tuple[tuple[Word, ...], Form]] = {}
        for word in self.words:
            self.codes |= {code: ((word,), form) for code, form in _codes(word.text)}
        for token, needle in enumerate(needles):
            both = tuple(word for word in self.words if word.token == token)
            self.codes |= {code: (both, form) for code, form in _phrase_codes(" ".join(needle.words).encode())}
        self.raw = Machine(self.codes, 16)
        phrases = [" ".join(needle.words) for needle in needles]
        self._phrases = [text for phrase in phrases for text in _cases(phrase.encode())]
        self._words = [text for word in self.words for text in (word.text, word.text.capitalize())]
        self.periods = [self._period(period) for period in range(1, MOST_PERIOD + 1)]

    @property
    def is_full(self) -> bool:
        """Whether any search gave up for too many matches."""
        return self.letters.is_full or self.turns.is_full or self.raw.is_full

    def _mark(self, mark: Mark, by: bytes) -> None:
        self.marks.setdefault(by, []).append(mark)

    def _period(self, period: int) -> tuple[Machine, dict[bytes, list[bytes]]]:
        """What words leave of themselves under an XOR with a key of this length: the XOR of letters so far apart."""
        left: dict[bytes, list[bytes]] = {}
        for text in (*self._phrases, *self._words):
            pairs = bytes(a ^ b for a, b in zip(text, text[period:], strict=False))
            if len(pairs) >= _LEAST_DIFFERENCES:
                left.setdefault(pairs, []).append(text)
        return Machine(left, 16), left


def _cases(text: bytes) -> set[bytes]:
    return {
        text.upper(),
        text.lower(),
        text.title(),
        text.upper().replace(b" ", b"\n"),
        text.lower().replace(b" ", b"\n"),
    }


def turns(letters: bytes) -> bytes:
    """How far it is from each letter to the next, where a follows z; one byte less than the letters (a to z)."""
    array = np.frombuffer(letters, np.uint8)
    return (array[1:] - array[:-1]).tobytes().translate(_ALPHABET)


_ALPHABET = bytes((step if step < 128 else step - 256) % 26 for step in range(256))


def _codes(word: bytes) -> Iterator[tuple[bytes, Form]]:
    """What bytes a word alone becomes in codes that leave no letters, or too few to be decoded."""
    for text in (word.upper(), word.lower(), word.capitalize()):
        yield text.decode().encode("cp037"), Form.EBCDIC
        for shift in range(3):
            # Only whole groups of three bytes are the same whatever stands before and after.
            skip = -shift % 3
            whole = text[skip : skip + (len(text) - skip) // 3 * 3]
            yield (code := base64.b64encode(whole)), Form.BASE64
            yield code[::-1], Form.BASE64
        yield (code := text.hex().encode()), Form.HEX
        yield code.upper(), Form.HEX
        yield code[::-1], Form.HEX


def _phrase_codes(phrase: bytes) -> Iterator[tuple[bytes, Form]]:
    """The same for a whole token, in codes of larger groups."""
    for text in (phrase.upper(), phrase.lower(), phrase.title()):
        for skip in range(5):
            whole = text[skip : skip + (len(text) - skip) // 5 * 5]
            if len(whole) >= _LEAST_GROUPED:
                yield base64.b32encode(whole), Form.BASE32
                yield base64.b32encode(whole).lower(), Form.BASE32
        for skip in range(4):
            whole = text[skip : skip + (len(text) - skip) // 4 * 4]
            if len(whole) >= _LEAST_GROUPED:
                yield base64.a85encode(whole), Form.BASE85
                yield (code := base64.b85encode(whole)), Form.BASE85
                yield code.translate(_TO_Z85), Form.BASE85


_LEAST_GROUPED = 8
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_TO_Z85 = bytes.maketrans(_B85, _Z85)
