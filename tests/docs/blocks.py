"""The code blocks of the docs, and how each kind is run.

`console` blocks hold commands after `$ ` and what they print; a line `…` stands for any lines, and `…` within a
line for any text. `python` blocks are scripts; a `text` block right after one is what it prints. `json` and
`toml` blocks must parse. There is no other kind, so nothing in the docs goes unchecked.

All blocks of a page run in one folder that holds a copy of examples/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "…"


@dataclass(frozen=True)
class Block:
    """One code block."""

    page: str
    line: int
    kind: str
    text: str
    prints: str | None = None
    """What a script must print, where the docs say so."""


@dataclass(frozen=True)
class Command:
    """One command of a console block and what it must print."""

    line: str
    prints: str


def pages() -> list[Path]:
    """Every page that a user reads, but for the generated list of changes."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str, page: str) -> list[Block]:
    """The blocks of a page, in order; what a script prints is joined to it."""
    found: list[Block] = []
    last_end = -1
    for match in FENCE.finditer(text):
        kind, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        follows = bool(found) and not text[last_end : match.start()].strip()
        last_end = match.end()
        if kind == "text" and follows and found[-1].kind == "python":
            script = found.pop()
            found.append(Block(page, script.line, "python", script.text, body))
        else:
            found.append(Block(page, line, kind, body))
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block; a line that ends in a backslash goes on."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if parts[0].strip():
        message = f"{block.page}:{block.line}: a console block begins with a command after '$ '"
        raise ValueError(message)
    for part in parts[1:]:
        joined = part.replace("\\\n", "")
        line, _, prints = joined.partition("\n")
        yield Command(line.strip(), prints)


def fits(expected: str, printed: str) -> bool:
    """Whether what was printed is what the docs say, elisions allowed. Space at the end of lines does not count."""

    def tidy(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())

    lines = []
    for line in tidy(expected).splitlines():
        if line.strip() == ANY:
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append(".*?".join(re.escape(part) for part in line.split(ANY)) + r"\n")
    return re.fullmatch("".join(lines), tidy(printed) + "\n") is not None or not tidy(expected) + tidy(printed)
