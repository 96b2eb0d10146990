"""What a command needs to be there: its program, its interpreter, the scripts it names, and what stands beside them.

Homes and temporary folders of the host are hidden from a tool; one that is itself installed there is shown its own
installation, and nothing else of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cloister.review.watch.surroundings import is_hidden

_PROGRAMS = ("bin", "sbin")
_PARTS = ("bin", "sbin", "lib", "lib64", "libexec")
_LONGEST_CHAIN = 16
_FIRST_LINE = 256


def needs(argv: Iterable[str], home: str) -> tuple[Path, ...]:
    """Folders and files in hidden places that the words of a command point to; `home` is the user's own."""
    found = {path for word in argv if word.startswith("/") for path in _of(Path(word), home, _LONGEST_CHAIN)}
    return tuple(sorted(path for path in found if os.path.exists(path) and is_hidden(str(path), home)))


def _of(path: Path, home: str, more: int) -> Iterator[Path]:
    """What one program or script needs: every step of the links to it, and its interpreter."""
    if more == 0 or not os.path.exists(path):
        return
    if path.is_symlink():
        yield path
        yield from _of(Path(os.path.normpath(path.parent / path.readlink())), home, more - 1)
        return
    if path.is_dir():
        return
    yield from _around(path, home, more)
    yield from _interpreter(path, home, more)


def _around(path: Path, home: str, more: int) -> Iterator[Path]:
    folder = path.parent
    if folder.name in _PROGRAMS:
        prefix = folder.parent
        settings = prefix / "pyvenv.cfg"
        if settings.is_file():
            yield prefix
            for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
                name, _, value = line.partition("=")
                if name.strip() == "home":
                    yield from _of(Path(value.strip()) / "python3", home, more - 1)
        else:
            yield from (prefix / part for part in _PARTS)  # not all of ~/.local, which has more than programs
            yield path
    elif is_hidden(str(folder.parent), home) or not is_hidden(str(folder), home):
        yield folder
    else:
        yield path  # directly in a home or a temporary folder: what lies beside it is none of its business


def _interpreter(path: Path, home: str, more: int) -> Iterator[Path]:
    try:
        with path.open("rb") as file:
            first = file.readline(_FIRST_LINE)
    except OSError:
        return
    if first.startswith(b"#!"):
        for word in os.fsdecode(first[2:]).split():
            if word.startswith("/"):
                yield from _of(Path(word), home, more - 1)
