"""Text that a terminal can be shown: nothing in it moves the cursor, turns the reading direction or is obeyed.

A document's text and a file's name are chosen by whoever made them. Written raw to a terminal they
could set its title, hide or forge lines, or make it type (CWE-150). Files keep the text as read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and newline, DEL, C1
    "\u2028\u2029"  # line and paragraph separator
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates; the marks (200E, 200F, 061C) are honest text
    "\u206a-\u206f\ufff9-\ufffb"  # deprecated format characters, interlinear annotation
    "\U000e0000-\U000e007f"  # tags: text that cannot be seen
    "\ud800-\udfff]"  # bytes of a file name that are no UTF-8
)

_LINES = {ord("\t"): "\N{SYMBOL FOR HORIZONTAL TABULATION}", ord("\n"): "\N{SYMBOL FOR LINE FEED}"}


class Stream(Protocol):
    """Something that knows whether it is a terminal."""

    def isatty(self) -> bool:
        """Say whether it is one."""


def _visible(found: re.Match[str]) -> str:
    if found[0] == "\f":
        return "\n"  # the end of a page
    if found[0] < " ":
        return chr(ord("\N{SYMBOL FOR NULL}") + ord(found[0]))  # ␛ for escape
    return "\N{SYMBOL FOR DELETE}" if found[0] == "\x7f" else "\N{REPLACEMENT CHARACTER}"


def safe(text: str) -> str:
    """Give `text` with everything that a terminal would obey made visible. Tabs and newlines stay."""
    return _OBEYED.sub(_visible, text)


def name(text: str) -> str:
    """Give a file's name, safe for a terminal and on one line: a newline in it cannot pass for a message of ours."""
    return safe(text).translate(_LINES)


def shown(text: str, stream: Stream) -> str:
    """Give `text` as it may be written to `stream`: safe for a terminal, unchanged for anything else."""
    return safe(text) if stream.isatty() else text


def safe_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give a writer's chunks, safe for a terminal; each chunk is whole UTF-8."""
    for chunk in chunks:
        yield safe(chunk.decode("utf-8", "replace")).encode()
