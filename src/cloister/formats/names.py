"""Names for outputs: the input's stem with the format's extension; a clash is numbered.

`scan.png` and `scan.jpg` as JSON become `scan.json` and `scan-2.json`. Names that differ only by case
or by Unicode composition are the same file on some file systems, so they clash here on all.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from itertools import count
from pathlib import PurePath

_LONGEST = 255
"""Bytes in a name (NAME_MAX of every usual file system)."""


@dataclass(frozen=True, slots=True)
class Named:
    """An output's name within its folder. `clashed` says that an earlier output has the name it should have had."""

    name: str
    clashed: bool = False


class Names:
    """Gives each input of one batch an output name of its own."""

    def __init__(self, extension: str) -> None:
        """Name outputs with this `extension`, dot included."""
        self._extension = extension
        self._taken: set[str] = set()

    def of(self, source: str | os.PathLike[str]) -> Named:
        """The name for the output of `source`, which is a path or `-`."""
        path = os.fspath(source)
        stem = "stdin" if path == "-" else PurePath(path).stem or "document"
        for number in count(1):
            name = self._fitting(stem, self._extension if number == 1 else f"-{number}{self._extension}")
            key = unicodedata.normalize("NFC", name).casefold()
            if key not in self._taken:
                self._taken.add(key)
                return Named(name, clashed=number > 1)
        raise AssertionError  # count() has no end

    @staticmethod
    def _fitting(stem: str, ending: str) -> str:
        """The stem, cut at a character so that the whole name can exist."""
        room = _LONGEST - len(os.fsencode(ending))
        while len(os.fsencode(stem)) > room:
            stem = stem[:-1]
        return stem + ending
