"""Which files a command line names: files, folders with --recursive, `-` for standard input."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cloister.errors import CloisterError, IsAFolder, NothingToRead
from cloister.errors.met import while_reading

EXTENSIONS = frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".bmp", ".dib", ".heic", ".heif"}
)


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read. `surely` is False where a folder held it and its name promises no document."""

    path: str
    surely: bool = True
    problem: CloisterError | None = None


def _within(folder: Path) -> Iterator[Input]:
    """Every regular file below, in order of names; hidden ones and links to folders are left out."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        yield Input(str(folder), problem=while_reading(problem.errno))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _within(Path(entry.path))
        elif entry.is_file():
            yield Input(entry.path, surely=Path(entry.name).suffix.lower() in EXTENSIONS)


def _held(folder: str) -> Iterator[Input]:
    """The files of a folder, or the refusal of one that holds none."""
    empty = True
    for entry in _within(Path(folder)):
        empty = False
        yield entry
    if empty:
        yield Input(folder, problem=NothingToRead())


def expand(paths: tuple[str, ...], *, recursive: bool) -> Iterator[Input]:
    """Give each file that the arguments name."""
    for path in paths:
        if path == "-":
            yield Input(path)
            continue
        try:
            folder = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - Path("") is the current folder
        except (OSError, ValueError) as problem:
            yield Input(path, problem=while_reading(getattr(problem, "errno", None)))
            continue
        if not folder:
            yield Input(path)
        elif recursive:
            yield from _held(path)
        else:
            yield Input(path, problem=IsAFolder())
