"""The data path, drawn: as SVG and as Mermaid. What was declared and seen, declared only, and seen only, stand apart.

Boxes are places; a way from one to another has a number, which a list tells more of. Names are a target's and hostile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cloister.formats.xml import escaped
from cloister.review.record.text import clean
from cloister.review.result import Edge

_WIDE, _HIGH, _APART, _BETWEEN, _EDGE = 250, 58, 18, 120, 14
_LETTERS = 34
LOOKS = {
    (True, True): ("declared and seen", "#1d5f43", ""),
    (True, False): ("declared, not seen", "#6b7280", "7 5"),
    (False, True): ("seen, not declared", "#b42318", ""),
    (False, False): ("neither", "#6b7280", "2 4"),
}
"""What each pair (declared, observed) is called, and how its line looks."""


@dataclass(frozen=True, slots=True)
class _Box:
    name: str
    x: int
    y: int
    lines: tuple[str, ...]


def called(edge: Edge) -> str:
    """In words, whether a way was declared and seen."""
    return LOOKS[edge.declared, edge.observed][0]


def _columns(edges: tuple[Edge, ...]) -> dict[str, int]:
    """The column of each place: one behind the furthest place that leads to it. A circle goes back, not on."""
    names = tuple(dict.fromkeys(name for edge in edges for name in (edge.source, edge.target)))
    column = dict.fromkeys(names, 0)
    for _ in range(min(len(names), 6)):
        for edge in edges:
            column[edge.target] = max(column[edge.target], min(column[edge.source] + 1, 5))
    return column


def _boxes(edges: tuple[Edge, ...]) -> dict[str, _Box]:
    column = _columns(edges)
    used = sorted(set(column.values()))
    tall = max((sum(at == each for at in column.values()) for each in used), default=1)
    boxes: dict[str, _Box] = {}
    for place, at in enumerate(used):
        names = [name for name, where in column.items() if where == at]
        gap = (tall - len(names)) * (_HIGH + _APART) // 2
        for row, name in enumerate(names):
            incoming = [edge for edge in edges if edge.target == name]
            lines = (incoming[0].lifetime, incoming[0].protection) if incoming else ()
            x, y = _EDGE + place * (_WIDE + _BETWEEN), _EDGE + gap + row * (_HIGH + _APART)
            boxes[name] = _Box(name, x, y, lines)
    return boxes


def _short(text: str, letters: int = _LETTERS) -> str:
    line = clean(text)
    return escaped(line if len(line) <= letters else f"{line[: letters // 2]}…{line[-(letters // 2 - 1) :]}")


def _svg_edge(number: int, edge: Edge, source: _Box, target: _Box) -> Iterator[str]:
    _, colour, dashes = LOOKS[edge.declared, edge.observed]
    x1, y1 = source.x + _WIDE, source.y + _HIGH // 2
    x2, y2 = target.x - 7, target.y + _HIGH // 2
    if x2 < x1:  # backwards, or to itself: around below
        x1, y1, x2, y2 = source.x + _WIDE // 2, source.y + _HIGH, target.x + _WIDE // 2, target.y + _HIGH + 7
    middle = (x1 + x2) // 2
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    width = 2.4 if edge.observed and not edge.declared else 1.6
    yield (
        f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"{dash} marker-end="url(#arrow-{colour[1:]})"/>'
    )
    bx, by = x2 - 28, y2
    yield f'<circle cx="{bx}" cy="{by}" r="10" fill="#fff" stroke="{colour}" stroke-width="1.4"/>'
    yield (
        f'<text x="{bx}" y="{by + 4}" text-anchor="middle" font-size="11" font-weight="600" '
        f'fill="{colour}">{number}</text>'
    )


def _svg_box(box: _Box) -> Iterator[str]:
    yield (
        f'<svg x="{box.x}" y="{box.y}" width="{_WIDE}" height="{_HIGH}"><title>{escaped(clean(box.name))}</title>'
        f'<rect x="1" y="1" width="{_WIDE - 2}" height="{_HIGH - 2}" rx="7" fill="#f8fafc" stroke="#334155"/>'
    )
    first = 22 if box.lines else _HIGH // 2 + 5
    yield f'<text x="12" y="{first}" font-size="13" font-weight="600">{_short(box.name, 28)}</text>'
    for row, line in enumerate(box.lines, 1):
        yield f'<text x="12" y="{first + 1 + row * 14}" font-size="11">{_short(line, 38)}</text>'
    yield "</svg>"


def _legend(y: int, edges: tuple[Edge, ...]) -> Iterator[str]:
    x = _EDGE
    for look in dict.fromkeys((edge.declared, edge.observed) for edge in edges):
        name, colour, dashes = LOOKS[look]
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield f'<path d="M{x} {y} h34" stroke="{colour}" stroke-width="2"{dash}/>'
        yield f'<text x="{x + 42}" y="{y + 4}" font-size="12" fill="#334155">{name}</text>'
        x += 190


def _marker(colour: str) -> str:
    return (
        f'<marker id="arrow-{colour[1:]}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="11" '
        f'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0 L10 5 L0 10 z" fill="{colour}"/></marker>'
    )


def svg(edges: tuple[Edge, ...]) -> str:
    """A picture that stands alone: no script, no style, nothing loaded."""
    boxes = _boxes(edges)
    wide = max((box.x + _WIDE for box in boxes.values()), default=_WIDE) + _EDGE
    high = max((box.y + _HIGH for box in boxes.values()), default=_HIGH) + 22 + 2 * _EDGE
    wide = max(wide, 3 * 190 + _EDGE)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"',
        'role="img" font-family="system-ui, sans-serif" fill="#0f172a">',
        "<title>The data path: declared and seen</title>",
        "<defs>",
    ]
    parts += map(_marker, dict.fromkeys(look[1] for look in LOOKS.values()))
    parts.append("</defs>")
    for number, edge in enumerate(edges, 1):
        parts += _svg_edge(number, edge, boxes[edge.source], boxes[edge.target])
    for box in boxes.values():
        parts += _svg_box(box)
    parts += _legend(high - _EDGE - 4, edges)
    return "\n".join([*parts, "</svg>", ""])


def _label(text: str) -> str:
    """As Mermaid can show it: everything but letters, digits and a few signs is a number."""
    return "".join(
        char if char.isascii() and (char.isalnum() or char in " /._-") else f"#{ord(char)};" for char in text
    )


def mermaid(edges: tuple[Edge, ...]) -> str:
    """The same as a Mermaid flow chart."""
    names = tuple(dict.fromkeys(name for edge in edges for name in (edge.source, edge.target)))
    ids = {name: f"n{number}" for number, name in enumerate(names)}
    arrows = {(True, True): "-->", (True, False): "-.->", (False, True): "==>", (False, False): "-.->"}
    lines = ["flowchart LR"]
    lines += [f'  {ids[name]}["{_label(clean(name))}"]' for name in names]
    for number, edge in enumerate(edges, 1):
        words = "; ".join(clean(part) for part in (edge.carries, edge.lifetime, edge.protection))
        arrow = arrows[edge.declared, edge.observed]
        label = _label(f"{number}. {called(edge)}: {words}")
        lines.append(f'  {ids[edge.source]} {arrow}|"{label}"| {ids[edge.target]}')
    lines += [
        f"  linkStyle {number} stroke:#b42318"
        for number, edge in enumerate(edges)
        if edge.observed and not edge.declared
    ]
    return "\n".join(lines) + "\n"
