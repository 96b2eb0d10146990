"""Paragraphs of documentation that is installed: manual pages, and what Python says of itself."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics

MANUALS = Path("/usr/share/man")
_SHORTEST, _LONGEST = 120, 3000
_NEW = re.compile(r"^\.(PP|SH|TP|IP|P|LP|SS|sp|Pp|HP).*\n", re.MULTILINE)
_FACE = re.compile(r"^\.[BIRS][BIRM]? ?", re.MULTILINE)
_OTHER = re.compile(r"^[.'].*\n", re.MULTILINE)
_MARKS = re.compile(r"\\f[A-Z]|\\f\(..|\\[&|]|\\s[-+]?\d")


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs that are prose, more or less."""
    for part in re.split(r"\n\s*\n", text):
        plain = part.strip()
        if _SHORTEST <= len(plain) <= _LONGEST and sum(map(str.isalpha, plain)) * 2 > len(plain):
            yield plain


def of_manuals(language: str) -> list[str]:
    """Every paragraph of the manual pages in a language, each once, in a fixed order."""
    folder = MANUALS if language == "en" else MANUALS / language
    found: dict[str, None] = {}
    for file in sorted(folder.glob("man*/*")):
        if file.is_file():
            raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            text = _OTHER.sub("", _FACE.sub("", _NEW.sub("\n\n", raw.decode(errors="replace"))))
            found.update(dict.fromkeys(paragraphs(_MARKS.sub("", text).replace("\\-", "-"))))
    return list(found)


def of_python() -> list[str]:
    """The paragraphs of the language reference that `help()` shows."""
    return [part for topic in topics.values() for part in paragraphs(topic)]
