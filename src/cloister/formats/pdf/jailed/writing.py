"""Writes one document in the jail: the original is opened, its pages get their text, the PDF leaves."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pikepdf
from pikepdf import Dictionary, ObjectStreamMode, Pdf, StreamDecodeLevel
from PIL import Image

from cloister.document import Block, Line, Page, Word, polygon_of
from cloister.errors import (
    BadOutput,
    CloisterError,
    Damaged,
    Encrypted,
    JailFailed,
    NoPages,
    NotADocument,
    SignedDocument,
    WrongPassword,
)
from cloister.formats.packed import MAX_PAGE_BYTES, pack_page, unpack_page
from cloister.formats.pdf import frames
from cloister.formats.pdf.frames import CHUNK, DONE, FAILED, GIVEN, LAST, NEED, NEXT, PAGE, Flag, Note
from cloister.formats.pdf.jailed import chance, hidden, overlay, pictures
from cloister.formats.pdf.jailed.checks import Output, is_signed
from cloister.formats.pdf.jailed.font import Fonts
from cloister.formats.pdf.jailed.space import size_as_read
from cloister.jail.ranges import open_file
from cloister.jail.wire import BlockingPipe, receive, send

if TYPE_CHECKING:
    from typing import BinaryIO

    from cloister.formats.pdf.frames import Asked
    from cloister.formats.pdf.jailed.pictures import Picture
    from cloister.jail.ranges import Pipe

_HEAD = 1024
"""A PDF's mark may stand anywhere in this many bytes (ISO 32000-1, annex H)."""
_POINTS = 72.0
_LEAST_DPI, _MOST_DPI = 10.0, 10_000.0
_MOST_POINTS = 14_400.0
"""The longest side that readers promise to show (ISO 32000-1, annex C)."""
_PAPER = 11.69
"""Inches: the longer side of A4, for a picture that does not say how large it is."""


def serve(pipe: BlockingPipe) -> None:
    """Write one document. A refusal is told by its number; what the pipe does wrong ends the process."""
    try:
        notes = write(pipe)
    except (JailFailed, MemoryError):
        raise
    except CloisterError as refusal:
        send(pipe, FAILED, frames.refusal_code(refusal))
    except Exception:  # noqa: BLE001 - whatever it was, its words stay here
        send(pipe, FAILED, frames.refusal_code(BadOutput()))
    else:
        send(pipe, DONE, frames.pack_notes(notes))


def write(pipe: Pipe) -> set[Note]:
    """Write one document; gives what is to be said about it."""
    asked = frames.asked(pipe)
    file = cast("BinaryIO", open_file(pipe, asked.size, need=NEED, given=GIVEN))
    start = file.read(_HEAD)
    file.seek(0)
    # In the order in which the render jail looks: a file that is two things is the same thing in both.
    if pictures.is_picture(start):
        return _from_pictures(pipe, file)
    if b"%PDF-" in start:
        return _from_pdf(pipe, file, asked)
    raise NotADocument


def _readings(pipe: Pipe) -> Iterator[Page]:
    """The pages as they were read, asked for one at a time."""
    while True:
        send(pipe, NEXT)
        kind, payload = receive(pipe, {PAGE: MAX_PAGE_BYTES, LAST: 0})
        if kind == LAST:
            return
        yield unpack_page(payload)


def _from_pdf(pipe: Pipe, file: BinaryIO, asked: Asked) -> set[Note]:
    pdf, password = _opened(file, asked)
    with pdf:
        notes = _prepared(pdf, asked)
        fonts, done = Fonts(pdf), set[tuple[int, int]]()
        tagged = "/StructTreeRoot" in pdf.Root
        added = False
        for reading in _readings(pipe):
            if reading.from_text_layer:
                continue
            if reading.number > len(pdf.pages):
                raise Damaged
            page = pdf.pages[reading.number - 1]
            if hidden.remove(pdf, page, done):
                notes.add(Note.REPLACED_HIDDEN_TEXT)
            added = overlay.add(pdf, page, reading, fonts, tagged=tagged) or added
        if added:
            fonts.finish()
        keep = pdf.is_encrypted and not asked.flags & Flag.DECRYPT
        if pdf.is_encrypted:
            notes.add(Note.ENCRYPTED if keep else Note.DECRYPTED)
        output = Output(pipe)
        _save(pdf, output, encrypted=keep)
        output.check(len(pdf.pages), password if keep else b"")
        if pdf.get_warnings():
            notes.add(Note.REPAIRED)
        return notes


def _opened(file: BinaryIO, asked: Asked) -> tuple[Pdf, bytes]:
    """The PDF, and the password that opened it."""
    for password in _candidates(asked):
        file.seek(0)
        try:
            return pikepdf.open(file, password=password, suppress_warnings=True), password
        except pikepdf.PasswordError:
            continue
        except pikepdf.PdfError:
            raise Damaged from None
    raise WrongPassword if asked.password else Encrypted


def _candidates(asked: Asked) -> list[bytes]:
    """The passwords to try. Before revision 5 of the encryption they were in Latin-1 (ISO 32000-1, 7.6.3.3)."""
    if asked.password is None:
        return [b""]
    given = asked.password.open()
    try:
        other = given.decode().encode("latin-1")
    except UnicodeError:
        other = given
    return list(dict.fromkeys((given, other, b"")))


def _prepared(pdf: Pdf, asked: Asked) -> set[Note]:
    notes = set()
    if not len(pdf.pages):
        raise NoPages
    if is_signed(pdf):
        if not asked.flags & Flag.INVALIDATE_SIGNATURES:
            raise SignedDocument
        notes.add(Note.SIGNATURES_INVALIDATED)
        if "/Perms" in pdf.Root:
            del pdf.Root.Perms  # a broken grant of usage rights keeps readers from opening the file properly
    return notes


def _save(pdf: Pdf, output: Output, *, encrypted: bool) -> None:
    """Write with what is compressed as it is, and the same bytes every time: but encryption needs chance."""
    if "/Size" not in pdf.trailer:
        pdf.trailer.Size = len(pdf.objects)  # qpdf writes the number anew, but only where a damaged file has one
    buffered = io.BufferedWriter(output, CHUNK)  # type: ignore[type-var]  # qpdf writes a few bytes at a time
    pdf.save(
        buffered,
        stream_decode_level=None if encrypted else StreamDecodeLevel.none,  # pikepdf takes no level with encryption
        object_stream_mode=ObjectStreamMode.preserve,
        fix_metadata_version=False,
        encryption=encrypted,
        deterministic_id=not encrypted,
    )
    buffered.flush()


def _from_pictures(pipe: Pipe, file: BinaryIO) -> set[Note]:
    with pikepdf.new() as pdf:
        fonts, added = Fonts(pdf), False
        readings = _readings(pipe)
        reading = next(readings, None)
        for number, picture in enumerate(pictures.pictures(file), start=1):
            mine = reading if reading and reading.number == number else None
            page = pictures.add_page(pdf, picture, *_points(picture, mine))
            if mine:
                added = overlay.add(pdf, page, mine, fonts, tagged=False) or added
                reading = next(readings, None)
        if reading is not None:
            raise BadOutput
        if added:
            fonts.finish()
        pdf.docinfo = pdf.make_indirect(Dictionary(Producer="Cloister"))
        output = Output(pipe)
        _save(pdf, output, encrypted=False)
        output.check(len(pdf.pages), b"")
    return set()


def _points(picture: Picture, reading: Page | None) -> tuple[float, float]:
    """The size of the page: as the picture was read, or as it says itself, or on A4."""
    if reading:
        across, down = (side * _POINTS / reading.dpi for side in size_as_read(reading))
    else:
        dpi = picture.dpi if picture.orientation <= 4 or not picture.dpi else picture.dpi[::-1]  # noqa: PLR2004
        if dpi is None or not all(_LEAST_DPI <= d <= _MOST_DPI for d in dpi):
            dpi = (max(picture.width, picture.height) / _PAPER,) * 2
        across, down = picture.width * _POINTS / dpi[0], picture.height * _POINTS / dpi[1]
    shrink = min(1.0, _MOST_POINTS / max(across, down))
    return across * shrink, down * shrink


class _Rehearsal:
    """Stands for both pipes while warming: gives one small picture with one word."""

    def __init__(self) -> None:
        held = io.BytesIO()
        Image.new("1", (8, 8)).save(held, "TIFF", compression="group4")
        picture = held.getvalue()
        word = Word("x", polygon_of((1, 1, 5, 5)), 1.0)
        page = Page(1, 8, 8, 72.0, (Block((Line((word,), word.polygon, 1.0),)),))
        answers = io.BytesIO()

        class Sink:
            def all_of(self, data: bytes | memoryview) -> None:
                answers.write(data)

        frames.ask(Sink(), frames.Asked(len(picture), Flag(0), None))
        send(Sink(), GIVEN, picture)
        send(Sink(), PAGE, pack_page(page))
        send(Sink(), LAST)
        answers.seek(0)
        self._answers = answers

    def exactly(self, size: int) -> bytes:
        return self._answers.read(size)

    def all_of(self, data: bytes | memoryview) -> None:
        pass


def warm() -> None:
    """Use everything once, so that a child imports nothing: no file opens in the jail."""
    chance.from_kernel()
    pictures.warm()
    write(_Rehearsal())
