"""Text of a target, made harmless before any format escapes it: one line, no format characters, not endless.

What a target calls its files is chosen by whoever made it (threats 21 to 23). Control characters become visible, and
all that is invisible or turns the reading direction becomes U+FFFD; the rest is left as it was. What remains: letters
that read from right to left, and letters that look like others. Each format puts such text in a place of its own.
"""

from __future__ import annotations

import unicodedata

from cloister.formats import terminal

LONGEST = 240
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str, longest: int = LONGEST) -> str:
    """Give it on one line, with nothing in it that is obeyed or unseen; what is too long is cut, and says so."""
    line = terminal.name(text[:longest].replace("\f", " "))
    line = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in _UNSEEN else char for char in line)
    return f"{line}… ({len(text):,} characters)" if len(text) > longest else line
