"""Synthetic documents: plain, hostile, in many scripts, long."""

from __future__ import annotations

import random
from collections.abc import Iterator

from cloister.document import Block, BlockKind, Document, Facts, Grade, Line, Page, Step, Word, polygon_of

FACTS = Facts(
    "pdf",
    1,
    Grade.GOOD,
    (("detect", "0" * 64), ("latin", "f" * 64)),
    (("cloister", "0.1.0"), ("openvino", "2026.1")),
    ("landlock", "seccomp"),
    ("the file was repaired",),
)
_HOSTILE = """
<script>alert(1)</script> </p></div> &amp; &lt; ]]> <!-- --> <![CDATA[ '\"><img/src=x> <br>
\x1b[31m \x1b]0;title\x07 \x00 \x01 \x7f \x9b31m \u202eevil \u2066 \ufffe \uffff \ud800 \U000e0041
javascript:alert(1) [x](javascript:alert(1)) ![x](http://e.example/x.png) http://e.example www.e.example
https://e.example/a_b_c //e.example/x ftp://e.example mallory@e.example mailto:m@e.example e.example
<m@e.example> x@y.zz` `a@b.cc` @user `code` `` ` \\ \\\\ **bold** __b__ _i_ ~~s~~ ==m== ^a^ H~2~O
# ## #h 1. 12) a. iv) - + * --- *** ___ === = ``` ~~~ |a|b| |---| > : [^1] [^1]: [x]: [ref] $x$ $$ {.class}
:smile: &#64; &copy; {{7*7}} {%x%} {\"a\":1} \"
"""
_SCRIPTS = """
東京都千代田区 中华人民共和国 한국어 русский Ελληνικά العربية עברית हिन्दी ไทย İstanbul naïve \ufb01n
\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301
"""
HOSTILE, SCRIPTS = tuple(_HOSTILE.split()), tuple(_SCRIPTS.split())


def line_of(words: list[str], y: float, x: float = 100.0, slope: float = 0.0) -> Line:
    """A line of these words, ten pixels a character, thirty high."""
    made = []
    start = x
    for text in words:
        width = 10.0 * len(text)
        top, end = y + slope * (x - start), y + slope * (x + width - start)
        made.append(Word(text, ((x, top), (x + width, end), (x + width, end + 30), (x, top + 30)), 0.98765))
        x += width + 12.3456
    last = made[-1].polygon if made else polygon_of((x, y, x, y + 30))
    first = made[0].polygon if made else last
    return Line(tuple(made), (first[0], last[1], last[2], first[3]), 0.9)


def page_of(lines: list[list[str]], number: int = 1, *, language: str = "en", slope: float = 0.0) -> Page:
    """A page whose blocks hold one line, then two, and so on, with the kinds taking turns."""
    blocks, at = [], 0
    kinds = tuple(BlockKind)
    while at < len(lines):
        size = len(blocks) + 1
        made = tuple(
            line_of(words, 100.0 + 40 * (at + i), slope=slope) for i, words in enumerate(lines[at : at + size])
        )
        blocks.append(Block(made, kinds[len(blocks) % len(kinds)]))
        at += size
    steps = (Step("turn", "0"), Step("recognise", "latin <int8> & more"))
    return Page(
        number=number,
        width=2480,
        height=3508,
        dpi=300.0,
        blocks=tuple(blocks),
        rotation=90,
        skew=-0.25,
        to_source=(0, 1, 0, -1, 0, 2480, 0, 0, 1),
        language=language,
        language_confidence=0.87,
        grade=Grade.GOOD,
        steps=steps,
    )


def full_page(number: int = 1, words: int = 590) -> Page:
    """A page as full as a book's."""
    draw = random.Random(number)
    texts = ["".join(draw.choices("etaoinshrdlucmf,.'", k=draw.randint(1, 11))) for _ in range(words)]
    return page_of([texts[at : at + 11] for at in range(0, words, 11)], number)


def hostile_page(number: int = 1) -> Page:
    """Every hostile text at the start of a line, in its middle, and alone."""
    lines = [[text] for text in HOSTILE] + [[text, "and", text] for text in HOSTILE] + [["a", text] for text in HOSTILE]
    return page_of(lines, number, language='en"><x')


def worldly_page(number: int = 1) -> Page:
    """Many scripts, on skewed lines."""
    return page_of([[text, text] for text in SCRIPTS], number, language="ar", slope=0.1)


def empty_page(number: int = 1) -> Page:
    """A page with nothing on it."""
    return Page(number, 100, 200, 72.0, (), from_text_layer=True)


def document() -> Document:
    """All of them."""
    return Document((full_page(1), hostile_page(2), empty_page(3), worldly_page(4)), FACTS)


def many_pages(count: int) -> Iterator[Page]:
    """Full pages, made one at a time; the same words on each so that making them costs little."""
    page = full_page()
    for number in range(1, count + 1):
        yield Page(number, page.width, page.height, page.dpi, page.blocks, steps=page.steps)
