"""The wire between the parent and a recognise jail: pixels of one page in, the page out.

The parent sends PAGE: page number u32, width u32, height u32, dpi f64, flags u8, then width × height
grey bytes. The jail answers with one of READ (a packed page), NEEDS_FULL (there is Chinese or Japanese on
the page: ask a worker that holds the full head), UNREADABLE (a script that no head reads; its number) or
FAILED.
"""

from __future__ import annotations

from dataclasses import dataclass

from cloister.document import Page
from cloister.errors import CloisterError, JailDied, JailLied, UnreadableScript, Why
from cloister.formats.packed import MAX_PAGE_BYTES, MAX_PAGES, MAX_SIDE, pack_page, unpack_page
from cloister.jail.wire import Pack, Sink, Source, Unpack, receive, send
from cloister.languages import READABLE, Script
from cloister.model import Plain, Raster

PAGE, READ, NEEDS_FULL, UNREADABLE, FAILED = 1, 2, 3, 4, 5
ROTATE, DESKEW = 1, 2
"""Flags: find the page's orientation; straighten its skew."""
MAX_PIXELS = 80_000_000
_HEAD = 4 * 3 + 8 + 1


_SCRIPTS = tuple(script for script in Script if script not in READABLE)
"""What a page can be refused for, by number on the wire."""


class NeedsFull:
    """There is Chinese or Japanese on the page; a worker with the full head has to read it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One page as the jail is asked to read it."""

    raster: Raster
    rotate: bool
    deskew: bool


def ask(sink: Sink, raster: Raster, *, rotate: bool, deskew: bool) -> None:
    """Send one page to be read."""
    head = Pack().u32(raster.page).u32(raster.width).u32(raster.height).f64(raster.dpi)
    head.u8(ROTATE * rotate | DESKEW * deskew)
    send(sink, PAGE, head.done(), raster.pixels.open())


def asked(source: Source) -> Asked:
    """Take one page to be read (the jail's side)."""
    _, payload = receive(source, {PAGE: MAX_PIXELS + _HEAD})
    head = Unpack(payload[:_HEAD])
    page, width, height = head.u32(MAX_PAGES, 1), head.u32(MAX_SIDE, 1), head.u32(MAX_SIDE, 1)
    (dpi,) = head.f64(1, 1, 10_000)
    flags = head.u8()
    if len(payload) - _HEAD != width * height:
        raise JailLied(why=Why.BAD_NUMBER)
    raster = Raster(page, width, height, dpi, Plain(payload[_HEAD:]))
    return Asked(raster, bool(flags & ROTATE), bool(flags & DESKEW))


def answer(sink: Sink, page: Page | Script | NeedsFull | None) -> None:
    """Send what came of a page (the jail's side); None says that reading it failed."""
    if isinstance(page, Page):
        send(sink, READ, pack_page(page))
    elif isinstance(page, Script):
        send(sink, UNREADABLE, Pack().u8(_SCRIPTS.index(page)).done())
    else:
        send(sink, NEEDS_FULL if isinstance(page, NeedsFull) else FAILED)


def answered(source: Source, number: int) -> Page | NeedsFull:
    """Take what came of page `number`, believing nothing; raises what the jail reports."""
    ceilings = {READ: MAX_PAGE_BYTES, NEEDS_FULL: 0, UNREADABLE: 1, FAILED: 0}
    kind, payload = receive(source, ceilings)
    if kind == NEEDS_FULL:
        return NeedsFull()
    if kind == UNREADABLE:
        unpack = Unpack(payload)
        script = _SCRIPTS[unpack.u8(len(_SCRIPTS) - 1)]
        unpack.end()
        raise UnreadableScript(page=number, script=script)
    if kind == FAILED:
        failure: CloisterError = JailDied(why=Why.STATUS)
        raise failure
    page = unpack_page(payload)
    if page.number != number or page.from_text_layer:
        raise JailLied(why=Why.BAD_NUMBER)
    return page
