"""A word of a text layer as it is painted on its page."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.document import Box


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of text is painted. `quarter` counts turns clockwise from upright, None for any other angle."""

    order: int
    seen: bool
    embedded: bool
    quarter: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """A word: its text, the box of its ink, and the box of its line's height."""

    text: str
    box: Box
    tall: Box
    style: Style
