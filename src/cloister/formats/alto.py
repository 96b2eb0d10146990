"""ALTO 4.4, in pixels: blocks, lines and strings with place, confidence and language, and how they were read.

The steps that a page went through are in the Description, which stands before the pages: each page
that went through other steps than the first says so by PROCESSINGREFS leaving it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from itertools import chain

from cloister.document import Block, Box, Facts, Line, Page, Polygon, Step, Word, polygon_of
from cloister.errors import NoPages
from cloister.formats.xml import escaped, language

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">\n'
    "<Description>\n<MeasurementUnit>pixel</MeasurementUnit>\n"
)
_KINDS = ("text", "header", "footer", "sidebar")
_TAGS = "<Tags>\n" + "".join(f'<LayoutTag ID="kind_{kind}" LABEL="{kind}"/>\n' for kind in _KINDS) + "</Tags>\n"


def _place(box: Box) -> str:
    x0, y0, x1, y1 = box
    return f'HPOS="{x0:.1f}" VPOS="{y0:.1f}" WIDTH="{x1 - x0:.1f}" HEIGHT="{y1 - y0:.1f}"'


def _shape(polygon: Polygon, box: Box) -> str:
    """The polygon, where it is not simply the box."""
    if all(abs(a - c) < 1 and abs(b - d) < 1 for (a, b), (c, d) in zip(polygon, polygon_of(box), strict=True)):
        return ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in polygon)
    return f'<Shape><Polygon POINTS="{points}"/></Shape>'


def _processing(steps: tuple[Step, ...]) -> str:
    try:
        version = metadata.version("cloister")
    except metadata.PackageNotFoundError:
        version = "unknown"
    described = "".join(
        f"<processingStepDescription>{escaped(f'{step.name} {step.detail}'.strip())}</processingStepDescription>\n"
        for step in steps
    )
    return (
        '<Processing ID="reading">\n<processingCategory>contentGeneration</processingCategory>\n'
        f"{described}<processingSoftware><softwareName>cloister</softwareName>"
        f"<softwareVersion>{escaped(version)}</softwareVersion></processingSoftware>\n</Processing>\n"
    )


def _string(word: Word) -> str:
    box = word.box
    start = f'<String {_place(box)} WC="{word.confidence:.4f}" CONTENT="{escaped(word.text)}"'
    shape = _shape(word.polygon, box)
    return f"{start}>{shape}</String>" if shape else f"{start}/>"


def _line(line: Line, name: str) -> str:
    (x1, y1), (x0, y0) = line.polygon[2:]
    box = line.box
    start = f'<TextLine ID="{name}" {_place(box)} BASELINE="{x0:.1f},{y0:.1f} {x1:.1f},{y1:.1f}">'
    return f"{start}{_shape(line.polygon, box)}{'<SP/>'.join(map(_string, line.words))}</TextLine>\n"


def _block(block: Block, name: str, spoken: str) -> str:
    lines = "".join(_line(line, f"{name}_l{at}") for at, line in enumerate(block.lines, 1) if line.words)
    if not lines:
        return ""
    start = f'<TextBlock ID="{name}" {_place(block.box)} TAGREFS="kind_{block.kind.value}"{spoken}>'
    return f"{start}\n{lines}</TextBlock>\n"


def _page(page: Page, references: str) -> str:
    tag = language(page.language)
    spoken = f' LANG="{tag}"' if tag else ""
    words = page.words
    sure = sum(word.confidence for word in words) / len(words) if words else 0.0
    blocks = "".join(_block(block, f"p{page.number}_b{at}", spoken) for at, block in enumerate(page.blocks, 1))
    return (
        f'<Page ID="p{page.number}" PHYSICAL_IMG_NR="{page.number}" WIDTH="{page.width}" HEIGHT="{page.height}"'
        f' ROTATION="{page.rotation}" PC="{sure:.4f}" QUALITY_DETAIL="{page.grade.name}"{references}{spoken}>\n'
        f'<PrintSpace HPOS="0" VPOS="0" WIDTH="{page.width}" HEIGHT="{page.height}">\n{blocks}</PrintSpace>\n</Page>\n'
    )


def write(pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
    """Give the ALTO XML, a page at a time; a document without pages cannot be ALTO."""
    del facts
    coming = iter(pages)
    if (first := next(coming, None)) is None:
        raise NoPages
    yield f"{_HEAD}{_processing(first.steps)}</Description>\n{_TAGS}<Layout>\n".encode("utf-8", "replace")
    for page in chain((first,), coming):
        references = ' PROCESSINGREFS="reading"' if page.steps == first.steps else ""
        yield _page(page, references).encode("utf-8", "replace")
    yield b"</Layout>\n</alto>\n"
