"""Draws horizontal bars as SVG: one group a set, one bar a tool."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

WIDTH, LABEL, BAR, GAP = 760, 190, 18, 26
OURS, THEIRS = "#1f6f54", "#9aa5ad"
_TEXT = 'font-family="sans-serif" font-size="12"'


def bars(groups: Mapping[str, Mapping[str, float]], title: str) -> str:
    """Give the drawing; every group has a scale of its own, so the eye compares tools and not sets."""
    drawn = [f'<text x="8" y="20" {_TEXT} font-weight="bold">{escape(title)}</text>']
    y = 34
    for name, values in groups.items():
        y += 18
        drawn.append(f'<text x="8" y="{y}" {_TEXT} font-weight="bold">{escape(name)}</text>')
        y += 8
        most = max([*values.values(), 1e-9])
        for tool, value in values.items():
            length = max(1.0, value / most * (WIDTH - LABEL - 70))
            colour = OURS if tool == "cloister" else THEIRS
            drawn.append(f'<text x="{LABEL - 8}" y="{y + 13}" {_TEXT} text-anchor="end">{escape(tool)}</text>')
            drawn.append(f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR - 4}" fill="{colour}"/>')
            drawn.append(f'<text x="{LABEL + length + 6:.1f}" y="{y + 13}" {_TEXT}>{value:.2f}</text>')
            y += BAR
        y += GAP - BAR
    size = f'width="{WIDTH}" height="{y + 8}" viewBox="0 0 {WIDTH} {y + 8}"'
    # A white ground: the drawing is read on dark pages too.
    ground = f'<rect width="{WIDTH}" height="{y + 8}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{ground}\n' + "\n".join(drawn) + "\n</svg>\n"
