"""A render jail that lies as it is told: `liar.py BEHAVIOUR`. Locked like the real one."""

from __future__ import annotations

import math
import struct
import sys

from cloister.document import Block, Line, Page, Word, polygon_of
from cloister.errors import Damaged
from cloister.formats.packed import pack_page
from cloister.jail.lock import RENDER
from cloister.jail.ranges import ask
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import Pack, send
from cloister.model import SourceKind
from cloister.ocr import frames
from cloister.ocr.frames import Sheet, Verdict

BOX = polygon_of((0, 0, 10, 10))


def sheet(pipe, page=1, width=4, height=3, pixels=None):
    frames.raster(pipe, Sheet(page, width, height, 72.0, Verdict.NONE), bytes(12) if pixels is None else pixels)


def layer(number=1, *, marked=True, dpi=72.0, rotation=0, text="word"):
    lines = (Line((Word(text, BOX, 1.0),), BOX, 1.0),)
    return Page(number, 100, 100, dpi, (Block(lines),), rotation=rotation, from_text_layer=marked)


def two_pages(pipe):
    frames.opened(pipe, SourceKind.PDF, 2)


def honest(pipe):
    two_pages(pipe)
    sheet(pipe)
    frames.layer(pipe, layer(2))
    frames.done(pipe)


def wrong_order(pipe):
    two_pages(pipe)
    sheet(pipe, 2)


def same_page_twice(pipe):
    two_pages(pipe)
    sheet(pipe)
    sheet(pipe)


def one_page_too_many(pipe):
    honest(pipe)
    sheet(pipe, 3)


def done_early(pipe):
    two_pages(pipe)
    sheet(pipe)
    frames.done(pipe)


def end_early(pipe):
    two_pages(pipe)
    sheet(pipe)


def no_pages(pipe):
    frames.opened(pipe, SourceKind.PDF, 0)


def unknown_kind(pipe):
    send(pipe, frames.OPENED, Pack().u8(99).u32(1).done())


def unknown_frame(pipe):
    send(pipe, 77, b"hello")


def raster_first(pipe):
    sheet(pipe)


def opened_twice(pipe):
    two_pages(pipe)
    two_pages(pipe)


def too_few_pixels(pipe):
    two_pages(pipe)
    sheet(pipe, pixels=bytes(11))


def too_many_pixels(pipe):
    two_pages(pipe)
    sheet(pipe, pixels=bytes(13))


def huge_page(pipe):
    two_pages(pipe)
    sheet(pipe, width=60_000, height=60_000)


def no_width(pipe):
    two_pages(pipe)
    sheet(pipe, width=0)


def no_dpi(pipe):
    two_pages(pipe)
    for dpi in (math.nan, math.inf, 0.0, -1.0):
        send(pipe, frames.RASTER, Pack().u32(1).u32(4).u32(3).f64(dpi).u8(0).done())


def unknown_verdict(pipe):
    two_pages(pipe)
    send(pipe, frames.RASTER, Pack().u32(1).u32(4).u32(3).f64(72.0).u8(200).done())


def unmarked_layer(pipe):
    two_pages(pipe)
    frames.layer(pipe, layer(marked=False))


def layer_at_another_resolution(pipe):
    two_pages(pipe)
    frames.layer(pipe, layer(dpi=300.0))


def turned_layer(pipe):
    two_pages(pipe)
    frames.layer(pipe, layer(rotation=90))


def layer_of_another_page(pipe):
    two_pages(pipe)
    frames.layer(pipe, layer(2))


def layer_with_spaces(pipe):
    two_pages(pipe)
    send(pipe, frames.LAYER, pack_page(layer(text="two words")))


def layer_with_more(pipe):
    two_pages(pipe)
    send(pipe, frames.LAYER, pack_page(layer()) + b"!")


def layer_of_noise(pipe):
    two_pages(pipe)
    send(pipe, frames.LAYER, bytes(range(256)))


def enormous_frame(pipe):
    two_pages(pipe)
    pipe.all_of(struct.pack("<BI", frames.LAYER, 0xFFFF_FFFF))


def unknown_refusal(pipe):
    send(pipe, frames.FAILED, Pack().u16(999).u32(0).done())


def refuse_and_go_on(pipe):
    frames.failed(pipe, Damaged())
    honest(pipe)


def ask_beyond_the_end(pipe):
    ask(pipe, 1 << 40, 10, need=frames.NEED, given=frames.RANGE)


def ask_for_too_much(pipe):
    ask(pipe, 0, 0xFFFF_FFFF, need=frames.NEED, given=frames.RANGE)


def ask_for_ever(pipe):
    while True:
        ask(pipe, 0, 1, need=frames.NEED, given=frames.RANGE)


def hang(pipe):
    two_pages(pipe)
    while True:
        pass


def work(pipe):
    frames.asked(pipe)
    globals()[sys.argv[1]](pipe)


if __name__ == "__main__":
    serve_zygote(RENDER, lambda: None, work)
