"""Where in the text of a TOML file each key and value stands (TOML 1.0).

`tomllib` reads a file exactly and keeps no positions. This walks the same text once more, takes nothing from it but
positions, and relies on `tomllib` having accepted it; a text that was refused is walked as far as its statements go,
which is enough to find the one that is wrong.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

REFUSED = (ValueError, RecursionError)
"""What `tomllib.loads` raises: its own error is the first, and so is that of a number with thousands of digits."""

_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?!"")(?:[^"\\\n]|\\.)*"'
    r"|'(?!'')[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_DEEPEST = 64


class _Lost(Exception):
    """The text is no TOML from this offset on."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True)
class Spot:
    """A line and a column, both from 1, in characters."""

    line: int
    column: int


@dataclass(slots=True)
class _Walk:
    text: str
    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    statements: list[int] = field(default_factory=list)
    lists: dict[Path, int] = field(default_factory=dict)
    stopped: int | None = None

    def run(self) -> None:
        at = 0
        table: Path = ()
        try:
            while (at := self._skip(_SPACE, at)) < len(self.text):
                self.statements.append(at)
                if self.text[at] == "[":
                    at, table = self._header(at)
                else:
                    at = self._pair(at, table, 0)
                at = self._skip(_BLANK, at)
                if at < len(self.text) and self.text[at] not in "\n#":
                    raise _Lost(at)
        except _Lost as lost:
            self.stopped = min(lost.at, len(self.text))

    def _skip(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at

    def _expect(self, sign: str, at: int) -> int:
        if not self.text.startswith(sign, at):
            raise _Lost(at)
        return at + len(sign)

    def _header(self, at: int) -> tuple[int, Path]:
        many = self.text.startswith("[[", at)
        spots, end = self._dotted(at + 1 + many)
        end = self._expect("]" * (1 + many), end)
        path: Path = ()
        for place, (name, _) in enumerate(spots):
            path = (*path, name)
            self.keys.setdefault(path, at)
            if many and place == len(spots) - 1:
                self.lists[path] = self.lists.get(path, -1) + 1
            if path in self.lists:
                path = (*path, self.lists[path])
                self.keys.setdefault(path, at)
        return end, path

    def _dotted(self, at: int) -> tuple[list[tuple[str, int]], int]:
        spots = []
        while True:
            at = self._skip(_BLANK, at)
            name, end = self._name(at)
            spots.append((name, at))
            at = self._skip(_BLANK, end)
            if not self.text.startswith(".", at):
                return spots, at
            at += 1

    def _name(self, at: int) -> tuple[str, int]:
        if bare := _BARE.match(self.text, at):
            return bare[0], bare.end()
        quoted = _STRING.match(self.text, at)
        if quoted is None:
            raise _Lost(at)
        try:
            return tomllib.loads(f"name = {quoted[0]}")["name"], quoted.end()
        except REFUSED:
            raise _Lost(at) from None

    def _pair(self, at: int, table: Path, depth: int) -> int:
        spots, end = self._dotted(at)
        path = table
        for name, spot in spots:
            path = (*path, name)
            self.keys.setdefault(path, spot)
        return self._value(self._skip(_BLANK, self._expect("=", end)), path, depth)

    def _value(self, at: int, path: Path, depth: int) -> int:
        if depth > _DEEPEST or at >= len(self.text):
            raise _Lost(at)
        self.values[path] = at
        if self.text[at] == "[":
            return self._array(at + 1, path, depth)
        if self.text[at] == "{":
            return self._inline(at + 1, path, depth)
        found = (_STRING if self.text[at] in "\"'" else _SCALAR).match(self.text, at)
        if found is None:
            raise _Lost(at)
        return at + len(found[0].rstrip(" \t"))

    def _array(self, at: int, path: Path, depth: int) -> int:
        number = 0
        while not self.text.startswith("]", at := self._skip(_SPACE, at)):
            at = self._skip(_SPACE, self._value(at, (*path, number), depth + 1))
            number += 1
            if not self.text.startswith(",", at):
                break
            at += 1
        return self._expect("]", at)

    def _inline(self, at: int, path: Path, depth: int) -> int:
        if self.text.startswith("}", at := self._skip(_BLANK, at)):
            return at + 1
        while True:
            at = self._skip(_BLANK, self._pair(self._skip(_BLANK, at), path, depth + 1))
            if not self.text.startswith(",", at):
                return self._expect("}", at)
            at += 1


def _spot(text: str, offset: int) -> Spot:
    return Spot(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


@dataclass(frozen=True, slots=True)
class Spots:
    """Where the keys and values of one text stand."""

    text: str
    keys: dict[Path, int]
    values: dict[Path, int]

    def key(self, path: Path) -> Spot:
        """Where this key stands, or the nearest table around it that does."""
        return self._first(self.keys, self.values, path)

    def value(self, path: Path) -> Spot:
        """Where this value stands, or what is nearest around it."""
        return self._first(self.values, self.keys, path)

    def _first(self, one: dict[Path, int], other: dict[Path, int], path: Path) -> Spot:
        for length in range(len(path), 0, -1):
            for spots in (one, other):
                if path[:length] in spots:
                    return _spot(self.text, spots[path[:length]])
        return Spot(1, 1)


def locate(text: str) -> Spots:
    """Find every key and value of a text that `tomllib` accepts."""
    text = text.replace("\r\n", "\n")
    walk = _Walk(text)
    walk.run()
    return Spots(text, walk.keys, walk.values)


def wrong(text: str) -> Spot:
    """Find where a text that `tomllib` refuses goes wrong: the first statement with which it is refused."""
    text = text.replace("\r\n", "\n")
    walk = _Walk(text)
    walk.run()
    stop = len(text) if walk.stopped is None else walk.stopped
    good, bad = 0, len(walk.statements)
    while good < bad:
        middle = (good + bad) // 2
        end = walk.statements[middle + 1] if middle + 1 < len(walk.statements) else stop
        if walk.stopped is not None and middle + 1 == len(walk.statements):
            bad = middle
        elif _reads(text[:end]):
            good = middle + 1
        else:
            bad = middle
    last = good >= len(walk.statements) - 1 and walk.stopped is not None
    return _spot(text, stop if last or good >= len(walk.statements) else walk.statements[good])


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except REFUSED:
        return False
    return True
