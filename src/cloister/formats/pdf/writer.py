"""Searchable PDFs: the original as it is, with what was read as text that is found and never seen.

    with PdfWriter() as writer:
        writing = writer.write(source, pages, facts)
        for chunk in writing:
            ...
        writing.notes

The parent only passes bytes on: the original is parsed, and the PDF made, in the write jail.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from cloister.document import Facts, Page
from cloister.errors import JailLied, TimedOut, Why
from cloister.formats.packed import pack_page
from cloister.formats.pdf.frames import (
    CHUNK,
    DONE,
    FAILED,
    GIVEN,
    LAST,
    NEED,
    NEXT,
    OUT,
    PAGE,
    Asked,
    Flag,
    Note,
    ask,
    refused,
    unpack_notes,
)
from cloister.jail.ranges import Ranged, Ranges
from cloister.jail.spawn import Zygote
from cloister.model import Plain

__all__ = ["Note", "PdfOptions", "PdfWriter", "Writing"]

_MOST_FOR_EACH_BYTE, _MOST_FOR_EACH_PAGE = 16, 512 << 20
"""The ceiling of the output. A picture in a lossy format may grow to its raw pixels."""
_WHEN_ALL_PAGES_ARE_THERE = {OUT: CHUNK, DONE: 1, FAILED: 1}
_BEFORE = {NEXT: 0, FAILED: 1}
"""What the jail may say, with ceilings: it takes all pages before it writes anything."""


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """How a PDF is written. `seconds` is the time that the jail may take for any one step.

    `decrypt` leaves out the encryption that the original has; `invalidate_signatures` writes although
    that breaks a digital signature.
    """

    decrypt: bool = False
    invalidate_signatures: bool = False
    password: Plain | None = None
    seconds: float = 60.0


_PLAIN = PdfOptions()


class Writing:
    """A PDF being written: iterate over its bytes once; then `notes` says what happened to the original."""

    def __init__(self, chunks: Callable[[Writing], Generator[bytes, None, None]]) -> None:
        self.notes: tuple[Note, ...] = ()
        self._chunks = chunks(self)

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of the PDF, in order."""
        return self._chunks

    def close(self) -> None:
        """Give up what is left of it; the jail that writes it is ended."""
        self._chunks.close()


class PdfWriter:
    """Keeps a warm write jail; each document is written in a child of its own, one after another."""

    def __init__(self, *, layers: str = "all") -> None:
        """Start nothing yet. `layers` exists for tests and measurements of the sandbox only."""
        self._zygote = Zygote("cloister.formats.pdf.child", layers=layers)

    def start(self) -> None:
        """Start the jail now, without waiting for it."""
        self._zygote.start()

    def close(self) -> None:
        """End the jail."""
        self._zygote.kill()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the jail."""
        self.close()

    def write(
        self,
        source: Ranged,
        pages: Iterable[Page],
        facts: Callable[[], Facts] | None = None,
        *,
        options: PdfOptions = _PLAIN,
    ) -> Writing:
        """Write the PDF of `source` with the text of `pages`, which are taken one at a time.

        Raises, while it is iterated over, `Encrypted`, `SignedDocument`, `Damaged`, `BadOutput` and
        `JailFailed`; what was given until then must be thrown away, as `formats.save` does.
        """
        del facts  # an original's own metadata stays as it is

        def chunks(writing: Writing) -> Generator[bytes, None, None]:
            try:
                writing.notes = yield from self._run(source, iter(pages), options)
            except BaseException as problem:
                self._zygote.kill()  # also when it is given up half-way, or a page could not be read
                if isinstance(problem, TimedOut) and not problem.facts["seconds"]:
                    raise TimedOut(seconds=round(options.seconds)) from None  # it was this jail, which knows no limit
                raise

        return Writing(chunks)

    def _run(
        self, source: Ranged, pages: Iterator[Page], options: PdfOptions
    ) -> Generator[bytes, None, tuple[Note, ...]]:
        zygote = self._zygote
        flags = Flag.DECRYPT * options.decrypt | Flag.INVALIDATE_SIGNATURES * options.invalidate_signatures
        zygote.begin(time.monotonic() + options.seconds)
        ask(zygote, Asked(source.size, Flag(flags), options.password))
        ranges = Ranges(zygote, source, need=NEED, given=GIVEN)
        left, expected = _MOST_FOR_EACH_BYTE * source.size, _BEFORE
        while True:
            zygote.deadline = time.monotonic() + options.seconds
            kind, payload = ranges.receive(expected)
            if kind == OUT:
                left -= len(payload)
                if left < 0 or not payload:
                    raise JailLied(why=Why.TOO_MUCH)
                yield payload
            elif kind == NEXT:
                page = next(pages, None)
                zygote.deadline = time.monotonic() + options.seconds
                if page is None:
                    expected = _WHEN_ALL_PAGES_ARE_THERE
                    zygote.send(LAST)
                else:
                    left += _MOST_FOR_EACH_PAGE
                    zygote.send(PAGE, pack_page(page))
            elif kind == FAILED:
                zygote.end()
                raise refused(payload)
            else:
                zygote.end()
                return unpack_notes(payload)
