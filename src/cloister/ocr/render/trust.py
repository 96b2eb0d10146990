"""Whether a page's text layer says what the page shows, judged by its characters, its objects and its pixels.

Used is a layer only if its characters make sense, nearly all of it can be seen, there is ink where it has
words, and words where there is text-like ink. An invisible layer over a scan is what some OCR once read,
of unknown quality, and a layer that differs from what is seen is a way to deceive; both are set aside,
and the page is read from its pixels. What remains: a layer whose letters look right but are others than
those painted (a font whose codes were exchanged with care) passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ctypes import byref, c_int
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageDraw
from pypdfium2_raw import bindings as pdfium

from cloister.document import Box
from cloister.ocr.frames import Verdict
from cloister.ocr.render.items import Affine, Handle, Item, Items, Photo, moved
from cloister.ocr.render.run import Run
from cloister.ocr.render.sense import makes_sense
from cloister.ocr.render.textlayer import TextLayer, opacity

_UNSEEN_SHARE = 0.01
_PHOTO_SHARE = 0.3
"""Pictures on so much of a page make it a scan, whatever text lies over or under it."""
_TURNED_SHARE = 0.5
_CONTRAST = 10
_DENSE = 128
"""Opacity of 255 from which a painted area hides what is under it."""
_EDGE = 48
"""A step in brightness between two neighbours that text makes and shades do not."""
_UNTOLD_SHARE, _UNTOLD_LEAST = 0.06, 60
_MARK_LEAST = 12
_UNDRAWN_LEAST = 3
_STACKED = 1.35
_MOST_COVERS = 2_000_000
_NOTES = frozenset(
    {pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_INK}
)
_LATIN_END = "\u0250"
"""Above these letters the fonts that pdfium brings along have no glyphs."""
_PAINTS_OVER = frozenset({pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to judge by; boxes of objects and notes are in points of the page as shown."""

    layer: TextLayer
    items: Items
    photos: list[Photo]
    notes: list[Box]
    upright: Affine
    size: tuple[float, float]


def judge(  # noqa: PLR0911 - one return for each verdict
    evidence: Evidence, paint: Callable[[], Image.Image]
) -> tuple[Verdict, TextLayer]:
    """The verdict, and the layer without what cannot be seen. `paint` gives the page at one pixel a point."""
    layer, area = evidence.layer, evidence.size[0] * evidence.size[1]
    if not layer.total:
        return Verdict.NONE, layer
    runs = layer.runs
    if not makes_sense((run.text for run in runs), layer.bad, layer.total):
        return Verdict.GARBLED, layer
    if layer.unseen > _UNSEEN_SHARE * layer.total or not runs:
        return Verdict.HIDDEN, layer
    turned = sum(len(run.text) for run in runs if run.style.quarter != 0)
    if turned > _TURNED_SHARE * sum(len(run.text) for run in runs):
        return Verdict.TURNED, layer
    photos = sum(_size(moved(photo.item.box, evidence.upright), evidence.size) for photo in evidence.photos)
    if evidence.items.too_many or photos > _PHOTO_SHARE * area:
        return Verdict.INCOMPLETE, layer
    covered = _covered(evidence, runs)
    image = paint()
    hidden = {id(run) for run in runs if id(run) in covered or not (_has_ink(image, run.box) or _excused(run))}
    letters = sum(len(run.text) for run in runs)
    if sum(len(run.text) for run in runs if id(run) in hidden) > _UNSEEN_SHARE * letters or _stacked(runs, image.size):
        return Verdict.HIDDEN, layer
    kept = [[run for run in line if id(run) not in hidden] for line in layer.lines]
    shown = replace(layer, lines=[line for line in kept if line])
    if not shown.lines:
        return Verdict.HIDDEN, layer
    return (Verdict.INCOMPLETE if _untold(evidence, image, runs) else Verdict.TRUSTED), shown


def _size(box: Box, page: tuple[float, float]) -> float:
    width = min(box[2], page[0]) - max(box[0], 0)
    height = min(box[3], page[1]) - max(box[1], 0)
    return width * height if width > 0 and height > 0 else 0.0


def _covered(evidence: Evidence, runs: list[Run]) -> set[int]:
    """The words over which something was painted afterwards."""
    covers = [
        (item.order, moved(item.box, evidence.upright))
        for item in evidence.items.all
        if item.kind in _PAINTS_OVER and _fills(item)
    ]
    if len(covers) * len(runs) > _MOST_COVERS:
        covers = sorted(covers, key=lambda cover: -_size(cover[1], evidence.size))[: _MOST_COVERS // len(runs)]
    last = max((order for order, _ in covers), default=-1)
    return {id(run) for run in runs if run.style.order < last and _under(run, covers)}


def _fills(item: Item) -> bool:
    """Whether an object hides what is under it."""
    if item.kind != pdfium.FPDF_PAGEOBJ_PATH:
        return True
    fill, stroke = c_int(), c_int()
    pdfium.FPDFPath_GetDrawMode(item.handle, byref(fill), byref(stroke))
    return fill.value != pdfium.FPDF_FILLMODE_NONE and opacity(item.handle, stroked=False) >= _DENSE


def _under(run: Run, covers: Iterable[tuple[int, Box]]) -> bool:
    x0, y0, x1, y1 = run.box
    return any(
        order > run.style.order and box[0] <= x0 and box[1] <= y0 and box[2] >= x1 and box[3] >= y1
        for order, box in covers
    )


def _has_ink(image: Image.Image, box: Box) -> bool:
    x0, y0, x1, y1 = _pixels(box)
    within = max(0, x0), max(0, y0), min(image.width, x1), min(image.height, y1)
    if within[0] >= within[2] or within[1] >= within[3]:
        return False
    low, high = image.crop(within).getextrema()
    return float(high) - float(low) >= _CONTRAST  # type: ignore[arg-type]


def undrawn(layer: TextLayer, image: Image.Image, scale: float) -> bool:
    """Whether words of a page are not on its picture (`scale` pixels a point), for want of a font to draw them."""
    lost = 0
    for run in filter(_excused, layer.runs):
        x0, y0, x1, y1 = run.box
        if not _has_ink(image, (x0 * scale, y0 * scale, x1 * scale, y1 * scale)):
            lost += len(run.text)
    return lost > max(_UNDRAWN_LEAST, _UNSEEN_SHARE * layer.total)


def _excused(run: Run) -> bool:
    """Whether a word leaves no ink because its font is elsewhere: other viewers would have shown it."""
    return not run.style.embedded and all(character >= _LATIN_END for character in run.text)


def _pixels(box: Box) -> tuple[int, int, int, int]:
    return int(box[0]) - 1, int(box[1]) - 1, int(box[2]) + 2, int(box[3]) + 2


def _stacked(runs: list[Run], size: tuple[int, int]) -> bool:
    """Whether words lie over each other: only the uppermost can be read."""
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    total = 0.0
    for run in runs:
        box = run.box
        inner = box[0] + 0.5, box[1] + 0.5, box[2] - 0.5, box[3] - 0.5
        draw.rectangle(inner if _drawable(box) else _pixels(box), 255)
        total += max(1.0, box[2] - box[0]) * max(1.0, box[3] - box[1])
    return total > _STACKED * mask.histogram()[255]


def _drawable(box: Box) -> bool:
    return box[2] - box[0] > 1 and box[3] - box[1] > 1


def _untold(evidence: Evidence, image: Image.Image, runs: list[Run]) -> bool:
    """Whether the page shows more than its words: text-like ink outside their boxes, or a filled-in field."""
    across = ImageChops.difference(image, ImageChops.offset(image, 1, 0))
    edges = across.point([255 if step >= _EDGE else 0 for step in range(256)])
    before = edges.histogram()[255]
    draw = ImageDraw.Draw(edges)
    for run in runs:
        draw.rectangle(_pixels(run.box), 0)
    told = before - edges.histogram()[255]
    if any(edges.crop(_inside(note)).histogram()[255] > _MARK_LEAST for note in evidence.notes):
        return True
    for item in evidence.items.of(pdfium.FPDF_PAGEOBJ_PATH):
        _rule_off(draw, moved(item.box, evidence.upright))
    left = edges.histogram()[255]
    return left > max(_UNTOLD_LEAST, _UNTOLD_SHARE * told)


def _inside(note: Box) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = note
    return int(x0) + 3, int(y0) + 3, max(int(x0) + 4, int(x1) - 2), max(int(y0) + 4, int(y1) - 2)


def _rule_off(draw: ImageDraw.ImageDraw, box: Box) -> None:
    """Take the upright edges of a rule or frame away: they are no text."""
    for x in (box[0], box[2]):
        draw.rectangle((int(x) - 1, int(box[1]) - 1, int(x) + 2, int(box[3]) + 1), 0)


def notes_of(handle: Handle, upright: Affine) -> list[Box]:
    """The boxes of form fields, typed notes, stamps and drawings on a page."""
    found = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(handle), 10_000)):
        annotation = pdfium.FPDFPage_GetAnnot(handle, index)
        if not annotation:
            continue
        held = pdfium.FS_RECTF()
        wanted = pdfium.FPDFAnnot_GetSubtype(annotation) in _NOTES
        if wanted and pdfium.FPDFAnnot_GetRect(annotation, held):
            found.append(moved((held.left, held.bottom, held.right, held.top), upright))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found
