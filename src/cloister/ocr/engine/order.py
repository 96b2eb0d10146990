"""Reading order: the lines that a detector found, as blocks in the order in which they are read.

Pure Python, so that the render jail can use it for text layers. Header first, then columns
from left to right (columns.py), sidebars after them, footer last; within a region row by row
(rows.py), in paragraphs (roles.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from cloister.document import Block, BlockKind, Line
from cloister.ocr.engine.columns import split
from cloister.ocr.engine.roles import asides, margins, paragraphs
from cloister.ocr.engine.rows import Row, joined, mark_titles, pieces_of, rows_of, slope_of


def arrange(lines: Sequence[Line], width: int, height: int) -> tuple[Block, ...]:
    """The lines in reading order, by blocks; pieces of one row of a column or table become one line.

    `lines` may come in any order and cut in fragments; `width` and `height` are the page's, in
    pixels. No word is lost or doubled.
    """
    slope = slope_of(lines)
    pieces = [piece for line in lines for piece in pieces_of(line, slope)]
    mark_titles(pieces)
    header, body, footer = margins(pieces, height)
    regions = [rows_of(region) for region in split(body)]
    blocks = [_block(header, BlockKind.HEADER, slope)] if header else []
    kinds = asides(regions, width)
    for kind in (BlockKind.TEXT, BlockKind.SIDEBAR):
        for region in (r for r, k in zip(regions, kinds, strict=True) if k is kind):
            blocks += [_block(rows, kind, slope) for rows in paragraphs(region)]
    if footer:
        blocks.append(_block(footer, BlockKind.FOOTER, slope))
    return tuple(blocks)


def _block(rows: list[Row], kind: BlockKind, slope: float) -> Block:
    return Block(tuple(joined(row, slope) for row in rows), kind)
