"""Reads documents: a render jail turns bytes into pixels, recognise jails turn pixels into pages.

    with Reader(jobs=2) as reader:
        for stream in reader.stream(["a.pdf", "b.png"]):
            for page in stream:
                ...

Documents come in the order in which they were given, pages in their own order, each as soon as it
is read; later pages and documents are read meanwhile. What is in flight is bounded, whatever the
number and length of documents: at most `AHEAD` pages a job are read before they are taken.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator, Iterable
from concurrent.futures import Future
from contextlib import closing
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from cloister import languages
from cloister.document import Document, Page, Step
from cloister.errors import CloisterError, JailDied, Why
from cloister.model import Mode, Plain, Raster, SourceKind
from cloister.ocr.options import Options, page_ranges
from cloister.ocr.pool import FEW, Pool
from cloister.ocr.rendering import Renderer
from cloister.ocr.sources import Given, open_source
from cloister.ocr.stream import Stream

AHEAD = 16
_PLAIN = Options()


class Reader:
    """Keeps warm jails and reads documents with them. A context manager; not for several threads at once."""

    def __init__(self, *, jobs: int | None = None, layers: str = "all") -> None:
        """Start nothing yet. `layers` exists for tests and measurements of the sandbox only."""
        self.jobs = jobs or max(1, len(os.sched_getaffinity(0)))
        self._pool = Pool(self.jobs, layers)
        self._renderer = Renderer(layers=layers)
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every jail."""
        self.close()

    def close(self) -> None:
        """End every jail."""
        self._pool.close()
        self._renderer.close()

    def warm(self, count: int = 1, *, pages: int | None = None, languages: tuple[str, ...] = ()) -> None:
        """Start `count` recognise jails and the render jail now, without waiting for them.

        `pages` says how many are to be read in all, if few: the first is then read sooner. A document
        that turns out to be long has faster jails take over. `languages` are those of the options to come.
        """
        self._renderer.start()
        if pages is not None:
            self._pool.expect(pages)
        self._pool.start(count, languages)

    def give_way(self, seconds: float) -> None:
        """Wait, but no longer than this, while jails that start need every core of this machine.

        For whoever has work to do before the first document: done now, it would delay every page.
        """
        self._pool.ease(seconds)

    def read(self, given: Given, options: Options = _PLAIN) -> Document:
        """Read one document wholly."""
        with closing(self.stream([given], options)) as streams:
            stream = next(streams)
            pages = tuple(stream)
            return Document(pages, stream.facts())

    def stream(self, givens: Iterable[Given], options: Options = _PLAIN) -> Generator[Stream, None, None]:
        """Read many documents; each comes as a `Stream`, in the order given."""
        return self.streams((given, options) for given in givens)

    def streams(self, asked: Iterable[tuple[Given, Options]]) -> Generator[Stream, None, None]:
        """The same, each with options of its own."""
        tokens = threading.Semaphore(AHEAD * self.jobs)
        queue: SimpleQueue[Stream | None] = SimpleQueue()
        halt = threading.Event()
        arguments = (asked, tokens, queue, halt)
        threading.Thread(target=self._produce, args=arguments, daemon=True).start()
        try:
            while (stream := queue.get()) is not None:
                try:
                    yield stream
                finally:
                    stream.close()
                    tokens.release()
        finally:
            halt.set()
            tokens.release(AHEAD * self.jobs)

    def _produce(
        self,
        asked: Iterable[tuple[Given, Options]],
        tokens: threading.Semaphore,
        queue: SimpleQueue[Stream | None],
        halt: threading.Event,
    ) -> None:
        for index, (given, options) in enumerate(asked):
            tokens.acquire()
            if halt.is_set():
                break
            stream = Stream(index, tokens)
            queue.put(stream)
            try:
                with self._turn:
                    self._fill(stream, tokens, given, options)
                stream.end()
            except CloisterError as refusal:
                stream.end(refusal)
            except BaseException:  # noqa: BLE001 - a thread's end must never leave its caller waiting
                stream.end(JailDied(why=Why.STATUS))
        queue.put(None)

    def _fill(self, stream: Stream, tokens: threading.Semaphore, given: Given, options: Options) -> None:
        stream.source = source = open_source(given)
        with self._renderer.open(source, options, time.monotonic() + options.seconds) as rendering:
            stream.opened(rendering.kind, rendering.page_count)
            if rendering.page_count > FEW:
                self._pool.expect(rendering.page_count)
            for item in rendering:
                if stream.cancelled:
                    return
                tokens.acquire()
                if isinstance(item, Raster):
                    told = rendering.verdicts[item.page].says if rendering.kind is SourceKind.PDF else ""
                    before = (Step("text layer", told),) if told else ()
                    stream.give(self._pool.submit(item, options), before, rendering.shown)
                else:
                    done: Future[Page] = Future()
                    done.set_result(item)
                    stream.give(done)
                rendering.deadline = time.monotonic() + options.seconds


def read(
    source: Given,
    *,
    pages: str = "",
    password: str | bytes | None = None,
    mode: Mode | str = Mode.SKIP,
    language: str = "",
    rotate: bool = True,
    deskew: bool = True,
    seconds: float = 30.0,
) -> Document:
    """Read one document: a path, its bytes, or a binary file.

    `pages` selects as in `1,3-5`; `language` names what is expected as in `eng+deu` and may be empty;
    `seconds` bounds opening the document and reading each page. Raises a `CloisterError` whose message
    says what to do. For several documents a `Reader` is quicker, as its jails stay warm.
    """
    options = Options(
        mode=Mode(mode),
        pages=page_ranges(pages) if pages else (),
        password=None if password is None else Plain(password.encode() if isinstance(password, str) else password),
        rotate=rotate,
        deskew=deskew,
        languages=languages.parse(language) if language else (),
        seconds=seconds,
    )
    with Reader() as reader:
        reader.warm(pages=1, languages=options.languages)
        return reader.read(source, options)
