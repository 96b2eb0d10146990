"""The parts of the writer that can be judged by themselves."""

from __future__ import annotations

import io

import pikepdf
import pytest
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from cloister.document import polygon_of
from cloister.errors import BadOutput
from cloister.formats.pdf.frames import CHUNK
from cloister.formats.pdf.jailed import checks, cmap, jpeg, layout, truetype, visual
from cloister.formats.pdf.jailed.font import MOST_REACHES, Fonts
from cloister.formats.pdf.jailed.truetype import Box
from tests.pdf.made import blank, page_of, page_with, saved, scan


def test_the_font_is_one_that_font_tools_read():
    boxes = [Box(-200, 700, 500), Box(0, 520, 500), Box(40, 80, 1234)]
    font = TTFont(io.BytesIO(truetype.build(boxes)), checkChecksums=2)
    glyphs = font.getGlyphSet()
    assert font["maxp"].numGlyphs == 4
    for name, box in zip(font.getGlyphOrder()[1:], boxes, strict=True):
        pen = ControlBoundsPen(glyphs)
        glyphs[name].draw(pen)
        glyph = font["glyf"][name]
        assert (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) == (0, box.bottom, box.width, box.top)
        assert glyphs[name].width == box.width


def test_no_glyph_has_ink():
    font = TTFont(io.BytesIO(truetype.build([Box(-200, 700, 500)])))
    pen = RecordingPen()
    font.getGlyphSet()[font.getGlyphOrder()[1]].draw(pen)
    # Contours of one point each: nothing is drawn from anywhere to anywhere.
    assert {operation for operation, _ in pen.value} <= {"moveTo", "closePath", "endPath"}


def test_a_map_to_unicode_has_blocks_of_a_hundred():
    made = cmap.to_unicode([chr(0x4E00 + i) for i in range(250)] + ["👍🏽"])
    assert [line for line in made.split(b"\n") if b"beginbfchar" in line] == [
        b"100 beginbfchar", b"100 beginbfchar", b"51 beginbfchar",
    ]  # fmt: skip
    assert b"<0001> <4e00>" in made
    assert b"<00fb> <d83ddc4dd83cdffd>" in made


def test_there_are_never_too_many_fonts():
    fonts = Fonts(pikepdf.new())
    faces = {fonts.even(bottom / 100, top / 100) for bottom in range(-90, 60, 4) for top in range(60, 180, 4)}
    assert len(faces) == MOST_REACHES


def test_a_page_keeps_one_size_for_lines_of_one_size():
    _, truth = scan(9)
    rows = layout.rows(page_of(truth))
    body = [row.size for row in rows[2:]]
    assert len(set(body)) <= 2
    assert max(body) < 1.2 * min(body)


def test_a_line_of_signs_has_a_size_too():
    rows = layout.rows(page_with([("—", (100, 100, 140, 104)), ("*", (150, 90, 160, 100))]))
    assert rows[0].size > 1


def test_lines_without_words_are_passed_over():
    page = page_with([("word", (1, 1, 9, 9))])
    (line,) = page.lines
    empty = type(line)((), polygon_of((0, 0, 1, 1)), 1.0)
    block = type(page.blocks[0])((line, empty))
    assert len(layout.rows(type(page)(1, 10, 10, 72.0, (block,)))) == 1


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("abc", "a b c"),
        ("e\u0301a", "e\u0301 a"),
        ("אבגד", "ד ג ב א"),
        ("(אב)", "( ב א )"),
        ("א12ב", "ב 1 2 א"),
        ("אבגד-abc", "a b c - ד ג ב א"),
    ],
)
def test_words_stand_on_paper_from_left_to_right(text, cells):
    assert visual.cells(text, line_to_left=visual.reads_to_left([text])) == cells.split(" ")


class Sink:
    def __init__(self):
        self.frames = []

    def all_of(self, data):
        self.frames.append(bytes(data))


def written(data, pages=1, password=b""):
    output = checks.Output(sink := Sink())
    output.write(memoryview(data))
    output.check(pages, password)
    return sink


def test_an_output_leaves_in_frames_of_limited_size():
    frames = written(blank()).frames
    assert max(map(len, frames)) <= CHUNK
    assert b"".join(frames[1::2]) == blank()


@pytest.mark.parametrize(
    ("data", "pages"),
    [(blank(), 2), (blank()[:-40], 1), (blank().replace(b"/Kids", b"/Kiss"), 1), (b"", 1), (b"%PDF-1.7 nothing", 1)],
)
def test_an_output_that_is_not_sound_does_not_pass(data, pages):
    with pytest.raises(BadOutput):
        written(data, pages)


def test_of_a_large_output_the_end_is_checked(monkeypatch):
    monkeypatch.setattr(checks, "_WHOLE", 2 * CHUNK)
    monkeypatch.setattr(checks, "_TAIL", CHUNK)
    with pikepdf.open(io.BytesIO(blank())) as pdf:
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, b"%" * (5 * CHUNK))
        padded = saved(pdf, compress_streams=False)
    assert len(padded) > 4 * CHUNK
    assert written(padded, 99).frames  # pages are not counted here
    for broken in (padded[:-3], padded.replace(b"startxref\n", b"startxref\n1"), padded[:-10] + b"9%%EOF\n"):
        with pytest.raises(BadOutput):
            written(broken, 1)


def test_a_jpeg_that_pdf_cannot_decode_is_recognised():
    def with_frame(marker, bits=8):
        return b"\xff\xd8" + bytes([0xFF, marker]) + b"\0\x0b" + bytes([bits, 0, 1, 0, 1, 1, 1, 0x11, 0]) + b"\xff\xd9"

    assert jpeg.frame(with_frame(0xC0)).channels == 1
    assert jpeg.frame(with_frame(0xC2)).channels == 1
    for data in (with_frame(0xC9), with_frame(0xC3), with_frame(0xC1, 12), b"\xff\xd8\xff\xd9", b""):
        assert jpeg.frame(data) is None
