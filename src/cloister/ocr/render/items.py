"""What a PDF page is made of: its objects in the order in which they are painted, with their boxes."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_float, c_uint
from dataclasses import dataclass, field
from math import hypot
from typing import Any, TypeAlias

from pypdfium2_raw import bindings as pdfium

from cloister.document import Box

MOST_ITEMS = 20_000
_DEEPEST = 8
Handle: TypeAlias = Any
"""One of pdfium's pointers; its bindings have no types."""
Affine = tuple[float, float, float, float, float, float]
"""a b c d e f, as PDF writes it: x' = a·x + c·y + e, y' = b·x + d·y + f."""
_SAME: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Item:
    """One painted object. `box` is in points of the page, y up; `order` counts up as they are painted."""

    kind: int
    handle: Handle
    box: Box
    order: int
    matrix: Affine


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture on the page: its own pixels, and how many of them go to an inch in x and y of its own."""

    item: Item
    width: int
    height: int
    dpi: tuple[float, float]
    turned: bool
    straight: bool


@dataclass(slots=True)
class Items:
    """All objects of a page, those inside form objects included."""

    all: list[Item] = field(default_factory=list)
    too_many: bool = False

    def of(self, kind: int) -> Iterator[Item]:
        """Those of one kind (FPDF_PAGEOBJ_…)."""
        return (item for item in self.all if item.kind == kind)


def items_of(page: Handle) -> Items:
    """List the objects of a page, at most `MOST_ITEMS`."""
    found = Items()
    count = pdfium.FPDFPage_CountObjects(page)
    _walk(found, (pdfium.FPDFPage_GetObject(page, index) for index in range(count)), _SAME, 0)
    return found


def _walk(found: Items, handles: Iterator[Any], outer: Affine, depth: int) -> None:
    for handle in handles:
        if len(found.all) >= MOST_ITEMS:
            found.too_many = True
            return
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth == _DEEPEST:
                found.too_many = True
                continue
            count = pdfium.FPDFFormObj_CountObjects(handle)
            inner = (pdfium.FPDFFormObj_GetObject(handle, index) for index in range(count))
            _walk(found, inner, combined(matrix_of(handle), outer), depth + 1)
            continue
        box = _bounds(handle, outer)
        found.all.append(Item(kind, handle, box, len(found.all), outer))


def matrix_of(handle: Handle) -> Affine:
    """The matrix of an object within what holds it."""
    held = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, byref(held)):
        return _SAME
    return held.a, held.b, held.c, held.d, held.e, held.f


def combined(first: Affine, then: Affine) -> Affine:
    """One matrix that does what two do, one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds(handle: Handle, outer: Affine) -> Box:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium.FPDFPageObj_GetBounds(handle, byref(left), byref(bottom), byref(right), byref(top)):
        return 0.0, 0.0, 0.0, 0.0
    box = left.value, bottom.value, right.value, top.value
    return box if outer == _SAME else moved(box, outer)


def moved(box: Box, by: Affine) -> Box:
    """The box around a box that was moved."""
    a, b, c, d, e, f = by
    x0, y0, x1, y1 = box
    xs = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
    ys = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
    return min(xs), min(ys), max(xs), max(ys)


def photos_of(items: Items) -> list[Photo]:
    """The pictures of a page."""
    found = []
    for item in items.of(pdfium.FPDF_PAGEOBJ_IMAGE):
        width, height = c_uint(), c_uint()
        if not pdfium.FPDFImageObj_GetImagePixelSize(item.handle, byref(width), byref(height)):
            continue
        a, b, c, d, _, _ = combined(matrix_of(item.handle), item.matrix)
        across, down = hypot(a, b), hypot(c, d)
        if not (across and down and width.value and height.value):
            continue
        dpi = width.value * 72 / across, height.value * 72 / down
        turned = abs(b) > abs(a)
        straight = min(abs(a), abs(b)) < 0.001 * across and min(abs(c), abs(d)) < 0.001 * down
        found.append(Photo(item, width.value, height.value, dpi, turned, straight))
    return found
