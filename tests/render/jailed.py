"""Has documents rendered in the real jail."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cloister.document import Page
from cloister.model import Mode, Plain, Raster, SourceKind
from cloister.ocr.frames import Verdict
from cloister.ocr.options import Options
from cloister.ocr.rendering import Renderer
from cloister.ocr.sources import BytesSource

SECONDS = 30.0


@dataclass(frozen=True)
class Rendered:
    """All of one document."""

    kind: SourceKind
    total: int
    pages: list[Raster | Page]
    verdicts: dict[int, Verdict]


def rendered(
    renderer: Renderer,
    file: bytes,
    *,
    mode: Mode = Mode.SKIP,
    pages: tuple[tuple[int, int], ...] = (),
    password: bytes | None = None,
    seconds: float = SECONDS,
) -> Rendered:
    """Render a document; each page has its own time."""
    options = Options(mode=mode, pages=pages, password=None if password is None else Plain(password), seconds=seconds)
    with renderer.open(BytesSource(file), options, time.monotonic() + seconds) as rendering:
        found = []
        for page in rendering:
            found.append(page)
            rendering.deadline = time.monotonic() + seconds
        return Rendered(rendering.kind, rendering.total, found, rendering.verdicts)


def only(renderer: Renderer, file: bytes, **how: object) -> tuple[Raster | Page, Verdict]:
    """The one page of a document, and what became of its text layer."""
    whole = rendered(renderer, file, **how)
    (page,) = whole.pages
    return page, whole.verdicts[1]
