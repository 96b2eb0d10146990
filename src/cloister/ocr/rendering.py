"""Has documents opened in the render jail; gives their pages as pixels, or as read from their own text.

    with Renderer() as renderer, renderer.open(source, Options(), deadline) as rendering:
        for page in rendering:          # Raster, or Page with from_text_layer
            ...

Nothing here looks into a document, and nothing that the jail says is believed: kinds, counts, sizes,
the order of pages and every number and text are checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from cloister.document import Page
from cloister.errors import EmptyFile, JailLied, TimedOut, Why
from cloister.jail.ranges import Ranged, Ranges
from cloister.jail.spawn import Layers, Zygote
from cloister.model import Plain, Raster, SourceKind
from cloister.ocr import frames
from cloister.ocr.frames import Shown, Verdict
from cloister.ocr.options import Options


class Rendering:
    """One open document. Iterate over it once; leaving its block early ends the jail's child.

    `page_count` is the number of pages that will come, `total` that of the document. `verdicts` tells
    for each page that came what became of its text layer, `shown` which words the last one has as text that
    is not hidden. `deadline` bounds the next page.
    """

    def __init__(self, zygote: Zygote, source: Ranged, options: Options, deadline: float) -> None:
        """Ask for the document and wait until it is open."""
        self._zygote, self._size, self._seconds = zygote, source.size, options.seconds
        self._ranges = Ranges(zygote, source, need=frames.NEED, given=frames.RANGE)
        self._over = False
        self.verdicts: dict[int, Verdict] = {}
        self.shown: tuple[Shown, ...] = ()
        if not source.size:
            raise EmptyFile
        try:
            zygote.begin(deadline)
            frames.ask(zygote, frames.Asked(source.size, options.mode, options.pages, options.password))
            kind, payload = self._ranges.receive(frames.FIRST)
            if kind == frames.FAILED:
                self._refuse(payload)
            self.kind: SourceKind
            self.kind, self.total = frames.read_opened(payload)
            self._pages = frames.wanted(options.pages, self.total)
        except BaseException as problem:  # noqa: BLE001 - it goes on, once the jail is cleared
            raise self._ended_by(problem) from None
        self.page_count = sum(len(part) for part in self._pages)

    @property
    def deadline(self) -> float:
        """The `time.monotonic()` by which the next page must be here."""
        return self._zygote.deadline

    @deadline.setter
    def deadline(self, deadline: float) -> None:
        self._zygote.deadline = deadline

    def __iter__(self) -> Iterator[Raster | Page]:
        """Give the wanted pages in order, each as soon as it is there."""
        if self._over:
            return
        try:
            for part in self._pages:
                for number in part:
                    yield self._page(number)
            self._ranges.receive({frames.DONE: 0})
            self._zygote.end()
            self._over = True
        except BaseException as problem:  # noqa: BLE001 - it goes on, once the jail is cleared
            raise self._ended_by(problem) from None

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the jail's child if it has more to say."""
        self.close()

    def close(self) -> None:
        """End the jail's child if it has more to say."""
        if not self._over:
            self._over = True
            self._zygote.kill()

    def _page(self, number: int) -> Raster | Page:
        kind, payload = self._ranges.receive(frames.ANSWERS)
        if kind == frames.FAILED:
            self._refuse(payload, self.kind)
        if kind == frames.DONE:
            raise JailLied(why=Why.OUT_OF_TURN)
        if kind == frames.LAYER:
            page = frames.read_layer(payload)
            if page.number != number:
                raise JailLied(why=Why.OUT_OF_TURN)
            self.verdicts[number] = Verdict.TRUSTED
            return page
        sheet = frames.read_sheet(payload)
        if sheet.page != number:
            raise JailLied(why=Why.OUT_OF_TURN)
        _, pixels = self._ranges.receive({frames.PIXELS: sheet.width * sheet.height})
        if len(pixels) != sheet.width * sheet.height:
            raise JailLied(why=Why.BAD_NUMBER)
        self.verdicts[number], self.shown = sheet.verdict, sheet.shown
        return Raster(sheet.page, sheet.width, sheet.height, sheet.dpi, Plain(pixels))

    def _refuse(self, payload: bytes, kind: SourceKind | None = None) -> None:
        """Raise what the jail reports; its child has ended well, and the zygote serves on."""
        refusal = frames.read_refusal(payload, self._size, kind)
        self._zygote.end()
        self._over = True
        raise refusal

    def _ended_by(self, problem: BaseException) -> BaseException:
        self.close()
        if isinstance(problem, TimedOut):
            return TimedOut(seconds=round(self._seconds))
        return problem


class Renderer:
    """The render jail: a warm zygote, and a locked child of it for each document. Not for several threads."""

    def __init__(self, *, layers: Layers = "all") -> None:
        """Start nothing yet. `layers` exists for tests and measurements of the sandbox only."""
        self._zygote = Zygote("cloister.ocr.child", "render", layers=layers)

    @property
    def pid(self) -> int | None:
        """The zygote's process number, while there is one."""
        return self._zygote.pid

    def start(self) -> None:
        """Start the zygote, without waiting for it to be warm."""
        self._zygote.start()

    def open(self, source: Ranged, options: Options, deadline: float) -> Rendering:
        """Have a document opened by `deadline` (of `time.monotonic()`). Raises what was wrong with it."""
        return Rendering(self._zygote, source, options, deadline)

    def close(self) -> None:
        """End the zygote."""
        self._zygote.kill()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the zygote."""
        self.close()
