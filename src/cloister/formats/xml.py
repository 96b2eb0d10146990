"""What the XML formats share: text that XML 1.0 can hold, escaped, and language tags that are tags."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2 (Char). DEL and the C1 controls are legal there and never text: they go too."""
_SPECIAL = re.compile("[&<>\"']")
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def escaped(text: str) -> str:
    """Give `text` fit for an element or a quoted attribute; what XML forbids becomes U+FFFD."""
    if text.isascii() and text.isalnum():  # most words
        return text
    text = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text) if _SPECIAL.search(text) else text


def language(tag: str) -> str:
    """Give a BCP 47 tag, or nothing for "und" and for what is no tag."""
    return tag if _TAG.fullmatch(tag) and tag != "und" else ""
