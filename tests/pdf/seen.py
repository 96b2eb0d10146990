"""What other programs see in a PDF: pdfium's pixels, text and boxes; poppler's text; qpdf's verdict."""

from __future__ import annotations

import ctypes
import html
import re
import subprocess
from contextlib import contextmanager

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw


@contextmanager
def opened(data, password=None):
    document = pdfium.PdfDocument(data, password=password)
    try:
        yield document
    finally:
        document.close()


def pixels(data, dpi=150, password=None):
    """Every page as an array, forms and annotations included."""
    with opened(data, password) as document:
        if document.get_formtype():
            document.init_forms()
        for page in document:
            yield page.render(scale=dpi / 72).to_numpy().copy()


def same_pixels(before, after, password=None, dpi=150):
    pairs = list(zip(pixels(before, dpi, password), pixels(after, dpi, password), strict=True))
    return bool(pairs) and all(a.shape == b.shape and np.array_equal(a, b) for a, b in pairs)


class Text:
    """The text of one page as pdfium has it, with boxes in pixels of the page as shown."""

    def __init__(self, data, number=1, dpi=300.0, password=None):
        self._document = pdfium.PdfDocument(data, password=password)
        self._page = self._document[number - 1]
        self._text = self._page.get_textpage()
        self.dpi = dpi
        self.width, self.height = (side * dpi / 72 for side in self._page.get_size())

    def all(self):
        return self._text.get_text_bounded() if self._text.count_chars() else ""

    def raw(self):
        return self._text.get_text_range()

    def find(self, wanted):
        """The places of a text: lists of boxes of characters."""
        searcher = self._text.search(wanted, match_case=True)
        while found := searcher.get_next():
            start, count = found
            yield [self.box(index) for index in range(start, start + count)]

    def box(self, index, *, loose=False):
        box = self._text.get_charbox(index, loose=loose)
        return self.to_pixels(box)

    def to_pixels(self, box):
        left, bottom, right, top = box
        corners = [self._device(x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = [c[0] for c in corners], [c[1] for c in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _device(self, x, y):
        # On a grid 100 times finer than the page's, as the answer is in whole pixels.
        fine = 100
        dx, dy = ctypes.c_int(), ctypes.c_int()
        size = round(self.width * fine), round(self.height * fine)
        raw.FPDF_PageToDevice(self._page.raw, 0, 0, *size, 0, x, y, ctypes.byref(dx), ctypes.byref(dy))
        return dx.value / fine, dy.value / fine


def around(boxes):
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def overlap(a, b):
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(area) - width * height)


def pdftotext(data, *options):
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()


def qpdf_check(path):
    """What `qpdf --check` says, and its exit status: 0 clean, 3 warnings."""
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def pdftotext_boxes(data, dpi):
    """For each page, the words that poppler sees with their boxes."""
    said = pdftotext(data, "-bbox")
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    return [
        [(html.unescape(m[5]), tuple(float(m[i]) * dpi / 72 for i in range(1, 5))) for m in word.finditer(page)]
        for page in said.split("<page ")[1:]
    ]
