"""The wire between the parent and a render jail: a document's bytes in, its pages out.

The parent sends OPEN and answers every NEED with a RANGE of the file. The jail says OPENED, then gives
each wanted page in order, as RASTER and PIXELS or as LAYER (a packed page, read from the text that the
document brings), and DONE; or, at any point, FAILED. Both sides use this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cloister.document import IDENTITY, Box, Page
from cloister.errors import (
    BadPageRange,
    CloisterError,
    Damaged,
    DamagedPage,
    EmptyFile,
    Encrypted,
    FontMissing,
    JailLied,
    NoPages,
    NotADocument,
    PageTooLarge,
    TooLarge,
    TooManyPages,
    Why,
    WrongPassword,
)
from cloister.formats.packed import MAX_PAGE_BYTES, MAX_PAGES, MAX_SIDE, pack_page, unpack_page
from cloister.jail.wire import Pack, Sink, Source, Unpack, receive, send
from cloister.model import Mode, Plain, SourceKind

OPEN, RANGE, NEED, OPENED, RASTER, PIXELS, LAYER, DONE, FAILED = range(1, 10)
MAX_PIXELS = 80_000_000
MAX_PICTURE = 384 << 20
"""A picture file is held in memory whole; a PDF is read range by range."""
_WEBP_ROOM, _WEBP_PIXEL = 880 << 20, 16
"""Bytes that a WebP file and its pixels may take together, and what each pixel takes: libwebp decodes to four
bytes, and does not do with fewer than four copies of them."""
LAYER_DPI = 72.0
_MAX_PASSWORD = 1024
_MAX_RANGES = 1000
_MAX_SIZE = 1 << 40
_MODES, _KINDS = tuple(Mode), tuple(SourceKind)
_MILLION = 1_000_000


MAX_SHOWN = 20_000
_SHOWN_BYTES = 2 << 20
_LONGEST_SHOWN = 256
_FAR = 1e6


class Verdict(Enum):
    """What became of the text that a page brings along."""

    NONE = "there is none"
    TRUSTED = "it was used"
    NOT_ASKED = "it was not looked at"
    GARBLED = "its characters make no sense"
    HIDDEN = "it cannot be seen on the page"
    INCOMPLETE = "the page shows more than it tells"
    TURNED = "it does not stand upright"

    @property
    def says(self) -> str:
        """What became of it, for the steps of a page; nothing where there was none."""
        if self is Verdict.NONE:
            return ""
        return self.value if self in {Verdict.TRUSTED, Verdict.NOT_ASKED} else f"not used: {self.value}"


_VERDICTS = tuple(Verdict)
_REFUSALS: tuple[type[CloisterError], ...] = (
    NotADocument,
    EmptyFile,
    Damaged,
    DamagedPage,
    FontMissing,
    NoPages,
    TooLarge,
    PageTooLarge,
    TooManyPages,
    Encrypted,
    WrongPassword,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the parent wants to know of one document."""

    size: int
    mode: Mode = Mode.SKIP
    pages: tuple[tuple[int, int], ...] = ()
    password: Plain | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A word of a page's own text that is not hidden; its box is in points of the page as it is shown."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pixels of one page that are about to come, and what became of its text layer.

    `shown` are words that the page has as text already, where that was looked at.
    """

    page: int
    width: int
    height: int
    dpi: float
    verdict: Verdict
    shown: tuple[Shown, ...] = ()


def ask(sink: Sink, asked: Asked) -> None:
    """Send what is wanted (the parent's side)."""
    pack = Pack().u64(asked.size).u8(_MODES.index(asked.mode)).u32(len(asked.pages))
    for first, last in asked.pages:
        pack.u32(first).u32(last)
    pack.u8(asked.password is not None).blob(asked.password.open()[:_MAX_PASSWORD] if asked.password else b"")
    send(sink, OPEN, pack.done())


def asked(source: Source) -> Asked:
    """Take what is wanted (the jail's side)."""
    _, payload = receive(source, {OPEN: 8 + 1 + 4 + 8 * _MAX_RANGES + 1 + 4 + _MAX_PASSWORD})
    unpack = Unpack(payload)
    size, mode = unpack.u64(_MAX_SIZE), _MODES[unpack.u8(len(_MODES) - 1)]
    pages = tuple((unpack.u32(MAX_PAGES, 1), unpack.u32(MAX_PAGES, 1)) for _ in range(unpack.u32(_MAX_RANGES)))
    has_password, password = unpack.u8(1), unpack.blob(_MAX_PASSWORD)
    return Asked(size, mode, pages, Plain(password) if has_password else None)


def wanted(pages: Sequence[tuple[int, int]], total: int) -> tuple[range, ...]:
    """The numbers of the wanted pages in ascending order, each once; no ranges mean all.

    Raises `BadPageRange` if none is there, and `TooManyPages`.
    """
    if not pages:
        if total > MAX_PAGES:
            raise TooManyPages(limit=MAX_PAGES)
        return (range(1, total + 1),)
    found: list[range] = []
    for first, last in sorted(pages):
        start = max(first, found[-1].stop if found else 1)
        if start <= (end := min(last, total, MAX_PAGES)):
            found.append(range(start, end + 1))
    if not found:
        raise BadPageRange
    return tuple(found)


def opened(sink: Sink, kind: SourceKind, total: int) -> None:
    """Say what the document is and how many pages it has (the jail's side)."""
    send(sink, OPENED, Pack().u8(_KINDS.index(kind)).u32(total).done())


def read_opened(payload: bytes) -> tuple[SourceKind, int]:
    """Take what the document is said to be."""
    unpack = Unpack(payload)
    kind, total = _KINDS[unpack.u8(len(_KINDS) - 1)], unpack.u32(0xFFFF_FFFF, 1)
    unpack.end()
    return kind, total


def raster(sink: Sink, sheet: Sheet, pixels: bytes | memoryview) -> None:
    """Give the pixels of a page (the jail's side)."""
    head = Pack().u32(sheet.page).u32(sheet.width).u32(sheet.height).f64(sheet.dpi)
    head.u8(_VERDICTS.index(sheet.verdict))
    short = [word for word in sheet.shown if len(word.text.encode()) <= _LONGEST_SHOWN]
    few = (
        short if len(short) <= MAX_SHOWN and sum(len(word.text.encode()) + 20 for word in short) < _SHOWN_BYTES else []
    )
    head.u32(len(few))
    for word in few:
        head.text(word.text).f32(*word.box)
    send(sink, RASTER, head.done())
    send(sink, PIXELS, pixels)


def read_sheet(payload: bytes) -> Sheet:
    """Take the head of a page's pixels."""
    unpack = Unpack(payload)
    page, width, height = unpack.u32(MAX_PAGES, 1), unpack.u32(MAX_SIDE, 1), unpack.u32(MAX_SIDE, 1)
    (dpi,) = unpack.f64(1, 1, 10_000)
    verdict = _VERDICTS[unpack.u8(len(_VERDICTS) - 1)]
    shown = tuple(_read_shown(unpack) for _ in range(unpack.u32(MAX_SHOWN)))
    unpack.end()
    if width * height > MAX_PIXELS:
        raise JailLied(why=Why.TOO_MUCH)
    return Sheet(page, width, height, dpi, verdict, shown)


def _read_shown(unpack: Unpack) -> Shown:
    text = unpack.text(_LONGEST_SHOWN)
    x0, y0, x1, y1 = unpack.f32(4, -_FAR, _FAR)
    return Shown(text, (x0, y0, x1, y1))


def layer(sink: Sink, page: Page) -> None:
    """Give a page that was read from its text layer (the jail's side)."""
    send(sink, LAYER, pack_page(page))


def read_layer(payload: bytes) -> Page:
    """Take a page that is said to be read from its text layer."""
    page = unpack_page(payload)
    upright = page.rotation == 0 and page.skew == 0 and page.to_source == IDENTITY
    if not page.from_text_layer or page.dpi != LAYER_DPI or not upright:
        raise JailLied(why=Why.BAD_NUMBER)
    return page


def done(sink: Sink) -> None:
    """Say that this was all (the jail's side)."""
    send(sink, DONE)


def failed(sink: Sink, refusal: CloisterError) -> None:
    """Say why nothing more comes (the jail's side): which refusal, and of which page."""
    page = refusal.facts.get("page", 0)
    send(sink, FAILED, Pack().u16(_REFUSALS.index(type(refusal))).u32(page if isinstance(page, int) else 0).done())


def most_pixels(kind: SourceKind | None, size: int) -> int:
    """The ceiling for a page of a file of this kind and `size` bytes, so that decoding it fits in a jail's memory."""
    if kind is not SourceKind.WEBP:
        return MAX_PIXELS
    return min(MAX_PIXELS, (_WEBP_ROOM - size) // _WEBP_PIXEL)


def read_refusal(payload: bytes, size: int, source: SourceKind | None = None) -> CloisterError:
    """The refusal that a jail reports for a file of `size` bytes; its facts are ours."""
    unpack = Unpack(payload)
    kind, page = _REFUSALS[unpack.u16(len(_REFUSALS) - 1)], unpack.u32(MAX_PAGES)
    unpack.end()
    if kind is TooLarge:
        return TooLarge(size=size, limit=MAX_PICTURE)
    if kind is PageTooLarge:
        return PageTooLarge(page=page, limit=most_pixels(source, size) // _MILLION)
    if kind is TooManyPages:
        return TooManyPages(limit=MAX_PAGES)
    return kind(page=page) if kind in {DamagedPage, FontMissing} else kind()


ANSWERS = {RASTER: 25 + _SHOWN_BYTES, LAYER: MAX_PAGE_BYTES, DONE: 0, FAILED: 6}
"""What may follow OPENED, with ceilings."""
FIRST = {OPENED: 5, FAILED: 6}
