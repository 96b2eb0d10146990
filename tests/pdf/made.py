"""Pages with known truth, and the PDFs they are written into."""

from __future__ import annotations

import io
import math

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from cloister import samples
from cloister.document import Block, Line, Page, Word, polygon_of
from cloister.samples import files

BLACK_SQUARE = b"0 g 20 20 60 60 re f\n"


class Held:
    """A source in memory that tells the most that was asked for at once."""

    def __init__(self, held):
        self.held, self.size, self.most = held, len(held), 0

    def read_at(self, offset, length):
        self.most = max(self.most, length)
        return self.held[offset : offset + length]


def outline(line):
    """The rectangle around a line's words that stands as they do."""
    *_, (ax, ay), (bx, by) = max((math.dist(*w.polygon[:2]), *w.polygon[:2]) for w in line.words)
    ux, uy = (bx - ax) / math.dist((ax, ay), (bx, by)), (by - ay) / math.dist((ax, ay), (bx, by))
    points = [point for word in line.words for point in word.polygon]
    along, down = [x * ux + y * uy for x, y in points], [y * ux - x * uy for x, y in points]
    corners = [(s, t) for t in (min(down), max(down)) for s in (min(along), max(along))]
    a, b, d, c = ((s * ux - t * uy, s * uy + t * ux) for s, t in corners)
    return a, b, c, d


def page_of(truth, number=1, **changes):
    """The perfect reading of a generated page."""
    blocks = tuple(
        Block(
            tuple(
                Line(tuple(Word(w.text, w.polygon, 1.0) for w in line.words), outline(line), 1.0)
                for line in block.lines
            )
        )
        for block in truth.blocks
    )
    return Page(number, truth.width, truth.height, truth.dpi, blocks, **changes)


def page_with(*lines, number=1, width=600, height=800, dpi=72.0, **changes):
    """A reading of lines, each a list of (text, box)."""
    made = []
    for words in lines:
        boxes = [box for _, box in words]
        around = min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
        made.append(Line(tuple(Word(t, polygon_of(b), 1.0) for t, b in words), polygon_of(around), 1.0))
    return Page(number, width, height, dpi, (Block(tuple(made)),), **changes)


def set_in_line(words, top, *, left=50.0, right=550.0, to_left=False):
    """Words of even letters on one line, from the left or from the right, as (text, box)."""
    at, made = (right if to_left else left), []
    for word in words:
        width = 12 * len(word)
        made.append((word, (at - width, top, at, top + 20) if to_left else (at, top, at + width, top + 20)))
        at += -width - 8 if to_left else width + 8
    return made


def two_words(number=1, **changes):
    return page_with([("Hello", (150, 50, 210, 70)), ("world", (220, 50, 280, 70))], number=number, **changes)


def saved(pdf, **options):
    held = io.BytesIO()
    pdf.save(held, **options)
    return held.getvalue()


def blank(count=1, content=BLACK_SQUARE, *, size=(600, 800), **attributes):
    """A PDF whose pages show a black square."""
    pdf = Pdf.new()
    for _ in range(count):
        page = pdf.add_blank_page(page_size=size)
        page.obj.Contents = Stream(pdf, content)
        for key, value in attributes.items():
            page.obj[f"/{key}"] = Array(value) if isinstance(value, (list, tuple)) else value
    return saved(pdf)


def helvetica():
    return Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))


def scan(seed=3, kind="page", **wishes):
    """A scanned page as a PDF, and what it says."""
    sample = samples.make(kind, seed=seed, **wishes)
    return files.pdf([sample]), sample.truth


def contents(data, number=1, password=""):
    """All content of a page, decoded, stream by stream."""
    with pikepdf.open(io.BytesIO(data), password=password) as pdf:
        held = pdf.pages[number - 1].obj.get("/Contents")
        streams = list(held) if isinstance(held, Array) else [held]
        return [stream.read_bytes() for stream in streams]
