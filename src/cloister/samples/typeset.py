"""Running text set into columns: ragged or justified, tight or loose, with emphasis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.sheet import Colour, Part, Pen, Sheet
    from cloister.samples.typefaces import Face


@dataclass(frozen=True, slots=True)
class Token:
    """A word and how it is set: style is regular, bold, italic or bolditalic; rule is '', under or box."""

    text: str
    style: str = "regular"
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Where text may stand, in pixels; `bottom` is the last baseline allowed."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Setting:
    """How paragraphs are set: leading and space between paragraphs in pixels, spaces as a share of the font's own."""

    face: Face
    leading: float
    align: str = "left"
    space: float = 1.0
    shrink: float = 0.75
    indent: float = 0.0
    ink: Colour = 0


def tokens(text: str, rng: Random | None = None, *, rate: float = 0.0) -> list[Token]:
    """The words of a text; with a source of chance, about `rate` of them begin an emphasised stretch."""
    made: list[Token] = []
    left, style, rule = 0, "regular", ""
    for word in text.split():
        if left == 0:
            style, rule = "regular", ""
            if rng is not None and rate and rng.random() < rate:
                left = rng.randint(1, 4)
                style, rule = rng.choice(
                    [("bold", ""), ("italic", ""), ("bolditalic", ""), ("regular", "under"), ("bold", "under"), ("regular", "box")]
                )
        else:
            left -= 1
        made.append(Token(word, style, rule))
    return made


def flow(sheet: Sheet, part: Part, words: list[Token], column: Column, setting: Setting) -> tuple[list[Token], float]:
    """Set words from the column's top on. Returns the words that found no room, and the next baseline."""
    baseline = column.top
    indent = setting.indent
    start = 0
    while start < len(words) and baseline <= column.bottom:
        width = column.right - column.left - indent
        end, natural = _break(words, start, width, setting)
        _set_line(sheet, part, words[start:end], column.left + indent, width, natural, round(baseline), setting, last=end == len(words))
        start, indent = end, 0.0
        baseline += setting.leading
    return words[start:], baseline


def _break(words: list[Token], start: int, width: float, setting: Setting) -> tuple[int, float]:
    """How many words fit, and their length without spaces. Justified lines may squeeze their spaces."""
    least = setting.face.length(" ") * setting.space * (setting.shrink if setting.align == "justify" else 1.0)
    total = 0.0
    end = start
    while end < len(words):
        more = _face(setting, words[end]).length(words[end].text)
        if end > start and total + more + least * (end - start) > width:
            break
        total += more
        end += 1
    return end, total


def _face(setting: Setting, token: Token) -> Face:
    return setting.face if token.style == "regular" else setting.face.plus(token.style)


def _set_line(
    sheet: Sheet, part: Part, words: list[Token], left: float, width: float, natural: float, baseline: int, setting: Setting, *, last: bool
) -> None:
    gaps = len(words) - 1
    space = setting.face.length(" ") * setting.space
    if setting.align == "justify" and gaps and (not last or natural + space * gaps > width):
        space = min((width - natural) / gaps, space * 4)
    slack = width - natural - space * gaps
    pen = left + {"left": 0.0, "justify": 0.0, "centre": slack / 2, "right": slack}[setting.align]
    pens: list[Pen] = []
    ends: list[float] = []
    for token in words:
        face = _face(setting, token)
        pens.append((token.text, face, pen))
        ends.append(pen + face.length(token.text))
        pen = ends[-1] + space
    sheet.line(part, pens, baseline, ink=setting.ink)
    _rules(sheet, words, [p[2] for p in pens], ends, baseline, setting)


def _rules(sheet: Sheet, words: list[Token], starts: list[float], ends: list[float], baseline: int, setting: Setting) -> None:
    """Underlines and boxes, joined over neighbours."""
    size = setting.face.size
    first = 0
    for i, token in enumerate(words):
        if i + 1 < len(words) and words[i + 1].rule == token.rule:
            continue
        if token.rule == "under":
            y = baseline + size * 0.12
            sheet.rule(starts[first], y, ends[i], y, width=0.2, ink=setting.ink)
        elif token.rule == "box":
            sheet.frame(starts[first] - size * 0.08, baseline - size * 0.82, ends[i] + size * 0.08, baseline + size * 0.26, width=0.2, ink=setting.ink)
        first = i + 1
