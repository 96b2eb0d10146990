"""Evidence of how sensitive a text is: found, counted, and never repeated.

    >>> from cloister import evidence
    >>> searched = evidence.search("IBAN: DE89 3704 0044 0532 0130 00")
    >>> [(found.detector, found.count, found.page) for found in searched.found]
    [('iban', 1, 1)]

Pure functions on text. Every pattern takes time linear in the text, and the whole has a deadline.
"""

from __future__ import annotations

from cloister.evidence.found import Searched
from cloister.evidence.search import SECONDS, Search, search
from cloister.model import Found

__all__ = ["SECONDS", "Found", "Search", "Searched", "search"]
