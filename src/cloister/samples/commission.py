"""What is asked for: one page of a kind, and where its chance comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from cloister.samples.prose import Prose
from cloister.samples.sheet import Sheet
from cloister.samples.typed import TypedSheet

if TYPE_CHECKING:
    from cloister.samples.sheet import Colour


@dataclass(frozen=True, slots=True)
class Commission:
    """One page that is to be drawn; `number` of `of` where the kind has several pages."""

    kind: str
    seed: int
    language: str
    dpi: int
    number: int = 1
    of: int = 1
    typed: bool = False
    """Whether the page comes from a program and not from a printer: no stamps, nothing by hand."""

    def blank(self, width: float, height: float, *, mode: str = "L", paper: Colour = 255) -> Sheet:
        """A sheet of this commission's sort, measured in millimetres."""
        sort = TypedSheet if self.typed else Sheet
        return sort(width, height, self.dpi, mode=mode, paper=paper)

    def chance(self, purpose: str = "") -> Random:
        """A source of chance that is this commission's own. The same for all pages of one document."""
        return Random(f"{self.kind}/{self.language}/{self.seed}/{purpose}")

    def prose(self, purpose: str = "prose") -> Prose:
        """A writer in the commission's language."""
        return Prose(self.chance(purpose), self.language)


@dataclass(slots=True)
class Drawn:
    """An upright, unworn page; `rotation` is how the kind wants it turned.

    `tinted` marks a page that is colour all over: toner's grain and a printed back do not fit it.
    """

    sheet: Sheet
    rotation: int = 0
    tinted: bool = False
    fields: dict[str, str] = field(default_factory=dict)
