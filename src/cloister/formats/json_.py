"""JSON, schema "cloister/1": every page, block, line and word with its place, and what was done to read it.

The schema ships as cloister-1.schema.json beside this file. Pages come first and the facts of the
whole last, because they are written in that order; a reader of JSON does not mind. Boxes and polygons
are pixels of the upright page with one decimal, confidences 0 to 1 with four.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring

from cloister.document import Block, Facts, Line, Page, Polygon, Word

SCHEMA = "cloister/1"
_STEP = 1 << 16

_quoted = encode_basestring
"""Text as JSON in UTF-8; the standard library's own, in C."""
_BOX = '"box":[%.1f,%.1f,%.1f,%.1f]'
_PLACE = _BOX + ',"polygon":[[%.1f,%.1f],[%.1f,%.1f],[%.1f,%.1f],[%.1f,%.1f]],"confidence":%.4f'
_WORD = '{"text":%s,' + _PLACE + "}"
_LINE = '{"text":%s,' + _PLACE + ',"words":[%s]}'
_BLOCK = '{"kind":"%s","text":%s,' + _BOX + ',"lines":[\n%s]}'
_PAGE = (
    '{"number":%d,"width":%d,"height":%d,"dpi":%s,"rotation":%d,"skew":%s,'
    '"to_source":[[%s,%s,%s],[%s,%s,%s],[%s,%s,%s]],"language":%s,"language_confidence":%.4f,'
    '"grade":"%s","from_text_layer":%s,"steps":[%s],"text":%s,"blocks":[%s]}'
)


def _numbers(polygon: Polygon) -> tuple[float, ...]:
    (a, b), (c, d), (e, f), (g, h) = polygon
    return min(a, c, e, g), min(b, d, f, h), max(a, c, e, g), max(b, d, f, h), a, b, c, d, e, f, g, h


def _word(word: Word) -> str:
    return _WORD % (_quoted(word.text), *_numbers(word.polygon), word.confidence)


def _line(line: Line) -> str:
    words = ",".join(map(_word, line.words))
    return _LINE % (_quoted(line.text), *_numbers(line.polygon), line.confidence, words)


def _block(block: Block) -> str:
    lines = ",\n".join(map(_line, block.lines))
    return _BLOCK % (block.kind.value, _quoted(block.text), *block.box, lines)


def _number(value: float) -> str:
    return f"{value + 0.0:.10g}"  # adding 0.0 takes the sign off a negative zero


def _page(page: Page, text: str) -> str:
    steps = ",".join(f'{{"name":{_quoted(step.name)},"detail":{_quoted(step.detail)}}}' for step in page.steps)
    return _PAGE % (
        page.number,
        page.width,
        page.height,
        _number(page.dpi),
        page.rotation,
        _number(page.skew),
        *map(_number, page.to_source),
        _quoted(page.language),
        page.language_confidence,
        page.grade.name,
        "true" if page.from_text_layer else "false",
        steps,
        text,
        ",\n".join(map(_block, page.blocks)),
    )


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return "{" + ",".join(f"{_quoted(name)}:{_quoted(value)}" for name, value in pairs) + "}"


def _facts(facts: Facts) -> str:
    strings = [",".join(map(_quoted, items)) for items in (facts.sandbox, facts.notes)]
    return (
        f'"source":{_quoted(facts.source)},"page_count":{facts.pages},"grade":"{facts.grade.name}",'
        f'"models":{_pairs(facts.models)},"versions":{_pairs(facts.versions)},'
        f'"sandbox":[{strings[0]}],"notes":[{strings[1]}],"tables":[]'
    )


class _Later:
    """Keeps the whole text, packed, until the pages have been written: 1 to 2 kB a page."""

    def __init__(self) -> None:
        self._packer, self._packed = zlib.compressobj(1), bytearray()

    def add(self, text: bytes) -> None:
        self._packed += self._packer.compress(text)

    def all(self) -> Iterator[bytes]:
        self._packed += self._packer.flush()
        unpacker = zlib.decompressobj()
        for at in range(0, len(self._packed), _STEP):
            piece = bytes(self._packed[at : at + _STEP])
            while piece:
                # A ceiling on each step: text that repeats itself unpacks to a thousand times its packed size.
                yield unpacker.decompress(piece, _STEP)
                piece = unpacker.unconsumed_tail
        yield unpacker.flush()


def write(pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
    """Give the JSON, a page at a time; the text of the whole and the facts at the end."""
    later = _Later()
    yield f'{{"schema":"{SCHEMA}","pages":['.encode()
    first = True
    for page in pages:
        text = _quoted(page.text)
        later.add((text[1:-1] if first else "\\f" + text[1:-1]).encode("utf-8", "replace"))
        yield (("\n" if first else ",\n") + _page(page, text)).encode("utf-8", "replace")
        first = False
    yield b'\n],"text":"'
    yield from later.all()
    yield f'",{_facts(facts())}}}\n'.encode("utf-8", "replace")
