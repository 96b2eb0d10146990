"""hOCR 1.2: XHTML with the place, confidence and language of every word, as tesseract writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count

from cloister.document import Block, Box, Facts, Line, Page, Word
from cloister.formats.xml import escaped, language

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
<title></title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="cloister"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_lang ocrp_dir"/>
</head>
<body>
"""
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def _bbox(box: Box) -> str:
    return "bbox " + " ".join(str(round(side)) for side in box)


def _baseline(line: Line) -> str:
    """Slope and offset of the line's lower edge, from the bottom left of its box (hOCR 1.2, 5.2.4)."""
    (_, (x2, y2), (x3, y3)) = line.polygon[1:]
    if x2 - x3 < 1:
        return "baseline 0 0"
    slope = (y2 - y3) / (x2 - x3)
    x0, _, _, y1 = line.box
    return f"baseline {slope:.3f} {round(y3 - slope * (x3 - x0) - y1)}"


class _Page:
    """Writes one page; ids count within it."""

    def __init__(self, page: Page, index: int) -> None:
        self.page, self.index = page, index
        self.ids = {kind: count(1) for kind in ("block", "par", "line", "word")}

    def _id(self, kind: str) -> str:
        return f"{kind}_{self.page.number}_{next(self.ids[kind])}"

    def word(self, word: Word) -> str:
        title = f"{_bbox(word.box)}; x_wconf {word.confidence * 100:.0f}"
        return f'<span class="ocrx_word" id="{self._id("word")}" title="{title}">{escaped(word.text)}</span>'

    def line(self, line: Line) -> str:
        words = " ".join(map(self.word, line.words))
        title = f"{_bbox(line.box)}; {_baseline(line)}"
        return f'<span class="ocr_line" id="{self._id("line")}" title="{title}">{words}</span>\n'

    def block(self, block: Block) -> str:
        box = _bbox(block.box)
        tag = language(self.page.language)
        spoken = f' lang="{tag}" xml:lang="{tag}"' if tag else ""
        if tag.partition("-")[0].lower() in _RIGHT_TO_LEFT:
            spoken += ' dir="rtl"'
        lines = "".join(map(self.line, block.lines))
        return (
            f'<div class="ocr_carea" id="{self._id("block")}" title="{box}">\n'
            f'<p class="ocr_par" id="{self._id("par")}"{spoken} title="{box}">\n{lines}</p>\n</div>\n'
        )

    def all(self) -> str:
        page = self.page
        dpi = f"{page.dpi:.0f}"
        title = f"bbox 0 0 {page.width} {page.height}; ppageno {self.index}; scan_res {dpi} {dpi}"
        blocks = "".join(map(self.block, page.blocks))
        return f'<div class="ocr_page" id="page_{page.number}" title="{title}">\n{blocks}</div>\n'


def write(pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
    """Give the XHTML, a page at a time. Coordinates are whole pixels, as hOCR asks."""
    del facts
    yield _HEAD.encode()
    for page in pages:
        yield _Page(page, page.number - 1).all().encode("utf-8", "replace")
    yield b"</body>\n</html>\n"
