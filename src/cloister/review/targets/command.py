"""A command-line tool as it is written: a program and its words, without a shell."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from cloister.errors import NoProgram, NoSlot
from cloister.review.watch.order import INPUT, OUTPUT


@dataclass(frozen=True, slots=True)
class Command:
    """The program's path and its words, in which `{input}` and `{output}` stand for the files of a run."""

    argv: tuple[str, ...]
    sha256: str
    """Of the program; where `env` only sets its environment, of the one behind it."""

    @property
    def on_stdout(self) -> bool:
        """Whether its output is what it prints, since no word names an output."""
        return not any(OUTPUT in word for word in self.argv)


def parse(text: str) -> Command:
    """A command as one would type it; quotes work as in a shell, nothing else does.

    NoSlot where no word says `{input}` or the quotes do not match, NoProgram where there is no such program.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise NoSlot from None
    if not words or not any(INPUT in word for word in words):
        raise NoSlot
    found = shutil.which(words[0])
    if found is None:
        raise NoProgram
    program = Path(found).absolute()
    with (_started_by(program, words[1:]) or program).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Command((str(program), *words[1:]), digest)


def _started_by(program: Path, words: tuple[str, ...]) -> Path | None:
    """The program that `env NAME=VALUE PROGRAM` starts: that is the tool. None where it is started otherwise."""
    first = next((word for word in words if "=" not in word), "")
    if program.name != "env" or first.startswith("-"):
        return None
    found = shutil.which(first)
    return Path(found).absolute() if found else None
