r"""Markdown: paragraphs, pages parted by a rule, and text that can never become markup or a link.

Headings are not guessed. A block beside the text is a quotation; all others are paragraphs.

Text is escaped for CommonMark 0.31 and the extensions of GitHub, Pandoc and markdown-it. Their
"autolinks" (`www.…`, `https://…`, `a@b.c`) are found after backslash escapes have been undone, so no
escape stops them: a word that could be one becomes a code span, in which nothing is ever found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from cloister.document import Block, BlockKind, Facts, Page

_ANYWHERE = re.compile(r"[\\`*_\[\]<>&~|$^={}#]")
_AT_START = re.compile(r"(?:[-+:%]|\d{1,9}[.)]|[A-Za-z#]{1,5}[.)])")
"""Pandoc also counts `a.` and `iv)` as list items."""
_LINK = re.compile(r"@|//|www\.|mailto:|xmpp:|\w\.[^\W\d_]{2}", re.IGNORECASE)
_TICKS = re.compile("`+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _code(word: str) -> str:
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(word)), default=0))
    # CommonMark strips one space from both sides, which keeps a tick of the word off the fence.
    return f"{fence} {word} {fence}" if "`" in word else f"{fence}{word}{fence}"


def _word(word: str) -> str:
    return _code(word) if _LINK.search(word) else _ANYWHERE.sub(r"\\\g<0>", word)


def inline(text: str) -> str:
    """Give one line of text as Markdown in which it is text, whatever stands in it."""
    words = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).split()
    if not words:
        return ""
    line = " ".join(map(_word, words))
    if found := _AT_START.match(line):
        at = found.end() - 1
        line = f"{line[:at]}\\{line[at:]}"
    return line


def _block(block: Block) -> str:
    lines = [line for line in (inline(line.text) for line in block.lines) if line]
    if block.kind is BlockKind.SIDEBAR:
        lines = [f"> {line}" for line in lines]
    return "\n".join(lines)


def write(pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
    """Give the Markdown, a page at a time."""
    del facts
    before = ""
    for page in pages:
        text = "\n\n".join(filter(None, map(_block, page.blocks)))
        yield (f"{before}{text}\n" if text else before).encode("utf-8", "replace")
        before = "\n---\n\n"
