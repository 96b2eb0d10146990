"""Opens PDFs in the jail: every stream and string, the text of the pages, and what they look like."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Pdf

from cloister.canary.frames import Form, Reason

if TYPE_CHECKING:
    from cloister.canary.jailed.pictures import Grey
    from cloister.canary.jailed.walk import Path, Walk

_MOST_OBJECTS, _MOST_PAGES, _MOST_STRINGS = 20_000, 200, 200_000
_DEEP = 20
_OBJECT, _HEAD = re.compile(rb"\d\s+\d+\s+obj\b"), 64 << 10
_ACROSS = 256
"""Pixels of a page's longer side, when it is drawn to be compared."""
_EMPTY = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>> endobj
trailer <</Root 1 0 R>>
"""


def warm() -> None:
    """Load what is loaded late."""
    with Pdf.open(io.BytesIO(_EMPTY), suppress_warnings=True) as opened:
        list(_contents(opened, {}))
    list(_pages(_EMPTY, {}))


def starts(data: memoryview) -> bool:
    """Whether an object stands near the start. A text that only names the format would be looked through to its end."""
    return _OBJECT.search(data[:_HEAD]) is not None


def document(walk: Walk, data: memoryview, path: Path) -> int:
    """Have a PDF searched; gives its size if all of it was encrypted and is now read, else its parts explain it."""
    held = bytes(data)
    here = (*path, Form.PDF)
    try:
        with Pdf.open(io.BytesIO(held), suppress_warnings=True) as opened:
            texts: list[bytes] = []
            for content in _contents(opened, walk.reasons):
                if isinstance(content, str):
                    texts.append(content.encode("utf-8", "replace"))
                else:
                    walk.add(content, here)
            was_encrypted = opened.is_encrypted
        walk.add(b"\n".join(texts), here, judged=False)
    except pikepdf.PasswordError:
        walk.reasons[Reason.ENCRYPTED] = None
        return 0
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file makes a parser say; its parts are searched as they are
        was_encrypted = False
    for text, grey, has_pictures in _pages(held, walk.reasons):
        walk.add(text.encode("utf-8", "replace"), here, judged=False)
        if grey is not None:
            walk.see_picture(grey, here, told=has_pictures)
    return len(data) if was_encrypted else 0


def _contents(opened: Pdf, reasons: dict[Reason, None]) -> Iterator[str | bytes]:
    """Every string and every decoded stream; a reason where there are more than are looked at."""
    left = [_MOST_STRINGS]
    for count, thing in enumerate(opened.objects):
        if count >= _MOST_OBJECTS:
            reasons[Reason.TOO_MANY] = None
            return
        yield from _strings(thing, left, 0, reasons)
        if isinstance(thing, pikepdf.Stream):
            try:
                yield thing.read_bytes()
            except pikepdf.PdfError:
                yield thing.read_raw_bytes()
    yield from _strings(opened.trailer, left, 0, reasons)


def _strings(thing: object, left: list[int], depth: int, reasons: dict[Reason, None]) -> Iterator[str | bytes]:
    """Every string in an object, but not in those that it refers to."""
    left[0] -= 1
    if left[0] < 0 or depth > _DEEP:
        reasons[Reason.TOO_MANY if left[0] < 0 else Reason.TOO_DEEP] = None
        return
    if isinstance(thing, pikepdf.String | pikepdf.Name):
        yield str(thing)
    elif isinstance(thing, pikepdf.Array):
        for one in thing:
            if not getattr(one, "is_indirect", False):
                yield from _strings(one, left, depth + 1, reasons)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key, one in thing.items():
            yield str(key)
            if not getattr(one, "is_indirect", False):
                yield from _strings(one, left, depth + 1, reasons)


def _pages(held: bytes, reasons: dict[Reason, None]) -> Iterator[tuple[str, Grey | None, bool]]:
    """The text of each page, what it looks like, and whether pictures are on it; a reason where there are more."""
    try:
        opened = pdfium.PdfDocument(held)
    except pdfium.PdfiumError:
        return
    if len(opened) > _MOST_PAGES:
        reasons[Reason.TOO_MANY] = None
    for number in range(min(len(opened), _MOST_PAGES)):
        try:
            page = opened[number]
            text = page.get_textpage().get_text_bounded()
            has_pictures = any(True for _ in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))
            scale = _ACROSS / max(*page.get_size(), 1.0)
            bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
            grey = np.array(bitmap.to_numpy(), np.float32).reshape(bitmap.height, bitmap.width)
        except (pdfium.PdfiumError, ValueError):
            continue
        yield text, grey, has_pictures
