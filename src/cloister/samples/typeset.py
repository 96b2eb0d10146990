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


_QUIET = (("bold", ""), ("italic", ""), ("italic", ""))
_LOUD = (("bold", ""), ("italic", ""), ("bolditalic", ""), ("regular", "under"), ("bold", "under"), ("regular", "box"))


def tokens(text: str, rng: Random | None = None, *, rate: float = 0.0, loud: bool = False) -> list[Token]:
    """The words of a text; with a source of chance, about `rate` of them begin an emphasised stretch.

    `loud` allows underlines and boxes as well as bold and italic.
    """
    made: list[Token] = []
    left, style, rule = 0, "regular", ""
    for word in text.split():
        if left:
            left -= 1
        elif rng is not None and rng.random() < rate:
            left = rng.randint(0, 3)
            style, rule = rng.choice(_LOUD if loud else _QUIET)
        else:
            style, rule = "regular", ""
        made.append(Token(word, style, rule))
    return made


def flow(sheet: Sheet, part: Part, words: list[Token], column: Column, setting: Setting) -> tuple[list[Token], float]:
    """Set words from the column's top on. Returns the words that found no room, and the next baseline."""
    baseline = column.top
    indent = setting.indent
    start = 0
    while start < len(words) and baseline <= column.bottom:
        end, natural = _break(words, start, column.right - column.left - indent, setting)
        line = _Line(words[start:end], column.left + indent, column.right, natural, round(baseline))
        _set(sheet, part, line, setting, last=end == len(words))
        start, indent = end, 0.0
        baseline += setting.leading
    return words[start:], baseline


@dataclass(frozen=True, slots=True)
class _Line:
    """Words that share a line; `natural` is their length without spaces."""

    words: list[Token]
    left: float
    right: float
    natural: float
    baseline: int


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


def _set(sheet: Sheet, part: Part, line: _Line, setting: Setting, *, last: bool) -> None:
    width = line.right - line.left
    gaps = len(line.words) - 1
    space = setting.face.length(" ") * setting.space
    if setting.align == "justify" and gaps and (not last or line.natural + space * gaps > width):
        space = min((width - line.natural) / gaps, space * 4)
    slack = width - line.natural - space * gaps
    pen = line.left + {"left": 0.0, "justify": 0.0, "centre": slack / 2, "right": slack}[setting.align]
    pens: list[Pen] = []
    ends: list[float] = []
    for token in line.words:
        face = _face(setting, token)
        pens.append((token.text, face, pen))
        ends.append(pen + face.length(token.text))
        pen = ends[-1] + space
    sheet.line(part, pens, line.baseline, ink=setting.ink)
    _rules(sheet, line, [start for _, _, start in pens], ends, setting)


def _rules(sheet: Sheet, line: _Line, starts: list[float], ends: list[float], setting: Setting) -> None:
    """Underlines and boxes, joined over neighbours."""
    size, ink = setting.face.size, setting.ink
    first = 0
    for i, token in enumerate(line.words):
        if i + 1 < len(line.words) and line.words[i + 1].rule == token.rule:
            continue
        x0, x1 = starts[first], ends[i]
        if token.rule == "under":
            sheet.rule(x0, line.baseline + size * 0.12, x1, line.baseline + size * 0.12, width=0.2, ink=ink)
        elif token.rule == "box":
            pad = size * 0.08
            sheet.frame(
                x0 - pad, line.baseline - size * 0.82, x1 + pad, line.baseline + size * 0.26, width=0.2, ink=ink
            )
        first = i + 1
