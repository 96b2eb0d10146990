"""The render jail's work: one document per forked child, page after page, each sent when it is done."""

from __future__ import annotations

import ctypes
import importlib
import io
from typing import BinaryIO, NoReturn, cast

from cloister.document import Page
from cloister.errors import CloisterError, JailFailed, NotADocument, TooLarge
from cloister.jail.lock import RENDER
from cloister.jail.ranges import MAX_RANGE, open_file
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import BlockingPipe
from cloister.model import SourceKind
from cloister.ocr import frames
from cloister.ocr.frames import Asked
from cloister.ocr.render import image, pdf
from cloister.ocr.render.picture import Opened
from cloister.ocr.render.sniff import HEAD, sniff

_MAPPED_FROM, _LARGE = -3, 1 << 17
"""M_MMAP_THRESHOLD of malloc.h, and bytes."""
_BLOCKS = 16
"""Of a large file so many blocks are kept in memory."""
_CODECS = ("ascii", "latin_1", "cp1252", "utf_8", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "idna")
"""Parsers decode names and comments; Python loads a codec from its file when it is first used."""


def main() -> NoReturn:
    """Serve as the zygote of the render jail."""
    serve_zygote(RENDER, warm, work)


def warm() -> None:
    """Load everything that a locked child could need, as it can open no file."""
    _give_memory_back()
    for codec in _CODECS:
        importlib.import_module(f"encodings.{codec}")
    image.warm()
    pdf.warm()


def _give_memory_back() -> None:
    """Have large blocks of memory mapped one by one, and so given back, instead of cut from one heap.

    glibc raises its threshold as it goes; then small things of each page lie between the large ones, and
    a document's memory grows with its pages.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MAPPED_FROM, _LARGE)


def work(pipe: BlockingPipe) -> None:
    """Answer for one document."""
    asked = frames.asked(pipe)
    try:
        file = cast("BinaryIO", open_file(pipe, asked.size, need=frames.NEED, given=frames.RANGE, blocks=_BLOCKS))
        document = opened(file, asked)
        frames.opened(pipe, document.kind, document.total)
        for part in frames.wanted(asked.pages, document.total):
            for number in part:
                made = document.page(number)
                if isinstance(made, Page):
                    frames.layer(pipe, made)
                else:
                    frames.raster(pipe, made.sheet, made.pixels)
    except JailFailed:
        raise
    except CloisterError as refusal:
        frames.failed(pipe, refusal)
    else:
        frames.done(pipe)


def opened(file: BinaryIO, asked: Asked) -> Opened:
    """The document in the hands of the one parser for its type."""
    kind = sniff(file.read(HEAD))
    file.seek(0)
    if kind is SourceKind.PDF:
        return pdf.Pdf(file, asked)
    if asked.size > frames.MAX_PICTURE:
        raise TooLarge(size=asked.size, limit=frames.MAX_PICTURE)
    if asked.size > MAX_RANGE:
        file = io.BytesIO(file.read())  # decoders go to and fro in a picture
    if kind is SourceKind.HEIC:
        return image.Heic(file)
    if (format_ := image.FORMATS.get(kind)) is None:
        raise NotADocument
    return image.Pictures(kind, format_, file)
