"""Walks through one item: searches it, unpacks what it holds, and so on, until nothing is left or a limit is met."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloister.canary.frames import MAX_DEPTH, Form, Found, Reason
from cloister.canary.jailed import carve, judge, pictures, search, streams, texts
from cloister.canary.jailed.runs import Class, TooMany

if TYPE_CHECKING:
    from cloister.canary.jailed.needles import Needles, Word
    from cloister.canary.jailed.pictures import Grey

_SECONDS = 15.0
"""Of its own time, much less than the parent waits: what was found until then is told."""
_BYTES_A_SECOND = 2 << 20
_LEAST_BYTES, _TIMES = 128 << 20, 24
"""What an item may unpack to: so many bytes, or so many times its size, in all."""
_MOST_AT_ONCE = 64 << 20
_MOST_PARTS = 20_000
_SMALL, _TINY, _MIRRORED = 1 << 20, 64 << 10, 4 << 10
"""Sizes to which long keys of an XOR are looked for; to which packed streams are looked for at every place; to which
all is searched from the end to the start as well."""
_PERIODS, _MOST_PERIODS = 8, 12
_READABLE = Class(b"\t\n\r" + bytes(range(0x20, 0x7F)), 12)
"""Of the garbage that guesses give, what may be written in yet another way: no other writing takes fewer letters."""
_WHOLE = {Form.ESCAPES, Form.UNICODE, Form.UU, Form.UTF16}
_MOST_PATHS = 64
_MOST_TRIED = 2048
"""Of at most 64 KiB each."""

Path = tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Buffer:
    """Something to be searched. `judged`: what it does not explain must be told; garbage of a guess need not be."""

    data: bytes
    path: Path = ()
    judged: bool = True
    keyed: bool = True
    """Look for keys of an XOR."""
    written: bool = True
    """Undo other writings in it."""


class Walk:
    """The walk through one item."""

    def __init__(self, needles: Needles, prints: tuple[bytes, ...]) -> None:
        self._needles, self.prints = needles, prints
        self.carved = needles.carved
        self._found: dict[tuple[int, Path], int] = {}
        self._weak: dict[tuple[int, Path], set[int]] = {}
        self.reasons: dict[Reason, None] = {}
        self._queue: deque[Buffer] = deque()
        self._known: set[tuple[int, int, bool]] = set()
        self._tried: set[bytes] = set()
        """What was judged already: undone escapes leave many places as they were."""
        self._left = self._parts = 0
        self._until = 0.0

    def item(self, data: bytes, *, is_part: bool = False) -> None:
        """Walk through one item. `is_part`: it is a piece of something larger, whose structure cannot be seen."""
        self._left = max(_LEAST_BYTES, _TIMES * len(data))
        self._parts = _MOST_PARTS
        self._until = time.process_time() + _SECONDS + len(data) / _BYTES_A_SECOND
        self.add(data, ())
        if 0 < len(data) <= _MIRRORED and judge.is_readable(data):
            self._queue.append(Buffer(data[::-1], (Form.REVERSED,), judged=False, keyed=False))
        if is_part and not judge.is_text(data):
            self.reasons[Reason.TOO_LARGE] = None
        while self._queue:
            if time.process_time() > self._until:
                self.reasons[Reason.TOO_LONG] = None
                return
            self._visit(self._queue.popleft())

    def found(self) -> list[Found]:
        """What was found, each token once in each form."""
        for (token, path), weak in self._weak.items():
            strong = {bit for (other, _), held in self._found.items() if other == token for bit in (1, 2) if held & bit}
            if len(weak | strong) > 1:
                self._found[token, path] = self._found.get((token, path), 0) | sum(weak)
        paths: dict[int, int] = {}
        told = []
        for (token, path), bits in self._found.items():
            paths[token] = paths.get(token, 0) + 1
            if paths[token] <= _MOST_PATHS:
                told.append(Found(token, bits, path))
        return told

    def add(self, data: bytes, path: Path, *, judged: bool = True, written: bool = True) -> None:
        """Have something searched that was unpacked."""
        if not data or not data.strip(b"\0"):
            return
        if len(path) > MAX_DEPTH:
            self.reasons[Reason.TOO_DEEP] = None
            return
        key = (hash(data), len(data), judged or written)
        if key in self._known:
            return
        self._known.add(key)
        if (parts := self._parts - 1) < 0:
            self.reasons[Reason.TOO_MANY] = None
            return
        if path and self._left < len(data):
            self.reasons[Reason.TOO_MUCH] = None
            return
        self._parts = parts
        self._left -= len(data) if path else 0
        self._queue.append(Buffer(data, path, judged=judged, keyed=Form.XOR not in path, written=written))

    def see(self, word: Word, path: Path) -> None:
        """Note a word that was found."""
        key = (word.token, path)
        self._found[key] = self._found.get(key, 0) | word.bit

    def see_picture(self, grey: Grey, path: Path, *, told: bool = True) -> None:
        """Compare a picture with the known pages, which are numbered after all tokens.

        `told`: it is unexplained if it is none of them, as nobody read it.
        """
        same = pictures.same_as(grey, self.prints)
        for number in same:
            self._found[self._needles.count + number, (*path, Form.PICTURE)] = 1
        if told and not same and not pictures.shows_nothing(grey):
            self.reasons[Reason.PICTURE] = None

    @property
    def ceiling(self) -> int:
        """How many bytes may still come out of one stream."""
        return min(self._left, _MOST_AT_ONCE)

    def stream(self, form: Form, data: memoryview, path: Path) -> int:
        """Unpack a stream; gives how many bytes of `data` it explains."""
        unpacked = streams.unpack(form, data, self.ceiling)
        if unpacked is None:
            return 0
        if unpacked.is_cut:
            self.reasons[Reason.TOO_MUCH] = None
        elif not unpacked.is_whole:
            self.reasons[Reason.DAMAGED] = None
        self.add(unpacked.data, (*path, form))
        return unpacked.taken

    def _visit(self, buffer: Buffer) -> None:
        data, path = buffer.data, buffer.path
        if judge.is_text(data):
            rest = carve.parts(self, data, path) if carve.has_marks(self, data) else data
            for piece in texts.pieces(data):
                self._text(buffer, piece)
            for piece in texts.pieces(rest) if buffer.judged else ():
                for part in judge.binary_parts(piece):
                    self._unmarked(part, path, judged=True)
            return
        self._words(data, path)
        if buffer.keyed:
            small = len(data) <= _SMALL
            self._keys(data, path, 1 if not buffer.written else _MOST_PERIODS if small else _PERIODS)
        rest = carve.parts(self, data, path)
        if rest and buffer.written:
            self._texts(rest, path, judged=buffer.judged)
        self._unmarked(rest, path, judged=buffer.judged)

    def _text(self, buffer: Buffer, data: bytes) -> None:
        """Search a piece of text."""
        self._words(data, buffer.path)
        if buffer.keyed:
            self._keys(data, buffer.path, 1)
            # A long key leaves control characters.
            for part in judge.binary_parts(data):
                self._keys(part, buffer.path, _MOST_PERIODS)
        if buffer.written:
            self._texts(data, buffer.path, judged=buffer.judged)

    def _words(self, data: bytes, path: Path) -> None:
        for sight in search.words(data, self._needles, is_mirrored=path[:1] == (Form.REVERSED,)):
            here = path if sight.form is Form.PLAIN and path else (*path, sight.form)
            if sight.is_weak:
                self._weak.setdefault((sight.word.token, here), set()).add(sight.word.bit)
            else:
                self.see(sight.word, here)
        if self._needles.is_full:
            self.reasons[Reason.TOO_MANY] = None

    def _keys(self, data: bytes, path: Path, periods: int) -> None:
        """Look for keys of an XOR."""
        for key, _ in search.xor_keys(data, self._needles, periods):
            self.add(search.xored(data, key), (*path, Form.XOR), judged=False)

    def _texts(self, data: bytes, path: Path, *, judged: bool) -> None:
        """Undo other writings. Short pieces are searched together, long ones each for itself."""
        pools: dict[Form, list[bytes]] = {}
        readable: dict[Form, list[bytes]] = {}
        try:
            for one in texts.decoded(data):
                here = (*path, one.form)
                if one.is_pool:
                    pools.setdefault(one.form, []).append(one.data)
                elif one.form in _WHOLE:
                    if path[-2:] != (one.form, one.form):
                        self.add(one.data, here, judged=judged)
                elif len(one.data) >= judge.LEAST:
                    self.add(one.data, here, judged=judged)
                elif self.short(one.data, here):
                    readable.setdefault(one.form, []).append(one.data)
        except TooMany:
            self.reasons[Reason.TOO_MANY] = None
        for form, guesses in pools.items():
            garbage = b"\n".join(guesses)
            self.add(garbage, (*path, form), judged=False, written=False)
            readable[form] = [*readable.get(form, ()), *_READABLE.pieces(garbage)]
        for form, held in readable.items():
            self.add(b"\n".join(held), (*path, form), judged=False)

    def short(self, data: bytes, path: Path) -> bool:
        """Try what has no mark on a short piece; whether it may be text."""
        if judge.is_text(data):
            return True
        carve.unmarked(self, data, path)
        return judge.is_readable(data)

    def _unmarked(self, rest: bytes, path: Path, *, judged: bool) -> None:
        """Try what has no mark on what is left; if nothing comes of it, it must explain itself."""
        if not rest or (judged and rest in self._tried) or carve.unmarked(self, rest, path) or not judged:
            return
        if len(rest) <= _TINY and len(self._tried) < _MOST_TRIED:
            self._tried.add(rest)
        looks_random = judge.random_bytes(rest) >= judge.LEAST
        explained = carve.hidden(self, rest, path) if len(rest) <= _TINY else False
        if looks_random and not explained:
            self.reasons[Reason.RANDOM] = None
