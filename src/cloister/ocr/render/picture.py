"""What a renderer makes of a page, and the ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cloister.document import Page
from cloister.model import SourceKind
from cloister.ocr.frames import Sheet


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey pixels of one page, row by row, with their head."""

    sheet: Sheet
    pixels: bytes | memoryview


class Opened(Protocol):
    """A document in the hands of its one parser."""

    kind: SourceKind
    total: int

    def page(self, number: int) -> Picture | Page:
        """Render one page, counted from 1. Raises a `BadInput`."""
