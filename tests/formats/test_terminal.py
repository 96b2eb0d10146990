"""A terminal obeys nothing in the text it is shown."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister import formats
from cloister.formats import terminal
from tests.formats.documents import FACTS, document

ESCAPES = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "title with ST": "\x1b]2;owned\x1b\\",
    "link": "\x1b]8;;http://e.example\x1b\\here\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "answerback": "\x05",
    "report title": "\x1b[21t",
    "report status": "\x1b[5n",
    "device attributes": "\x1b[c",
    "DECRQSS": "\x1bP$qm\x1b\\",
    "sixel": "\x1bPq#0;2;0;0;0\x1b\\",
    "application command": "\x1b_Ga=d\x1b\\",
    "privacy message": "\x1b^x\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "up and erase": "\x1b[1A\x1b[2K",
    "reset": "\x1bc",
    "alternate screen": "\x1b[?1049h",
    "mouse": "\x1b[?1000h",
    "bracketed paste": "\x1b[201~",
    "character set": "\x1b(0",
    "shift out": "\x0e",
    "CSI in C1": "\x9b2J",
    "OSC in C1": "\x9d0;owned\x9c",
    "DCS in C1": "\x90$qm\x9c",
    "next line in C1": "\x85",
    "backspace": "safe\b\b\b\bevil",
    "carriage return": "safe\revil",
    "delete": "\x7f",
    "bell": "\x07",
    "nul": "\x00",
    "vertical tab": "\x0b",
    "bidi override": "\u202egpj.exe\u202c",
    "bidi embedding": "\u202babc\u202c",
    "bidi isolate": "\u2067abc\u2069",
    "first strong isolate": "\u2068abc\u2069",
    "line separator": "\u2028",
    "tag characters": "\U000e0041\U000e007f",
    "interlinear annotation": "\ufff9a\ufffab\ufffb",
    "surrogate of a file name": os.fsdecode(b"\xff\x9b.png"),
}
OBEYED = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - {"\t", "\n"}
OBEYED |= {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u2028", "\u2029"}


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
def test_what_a_terminal_would_obey_is_made_visible(text):
    shown = terminal.safe(text)
    assert not OBEYED & set(shown)
    assert shown != text
    assert len(shown) == len(text)
    assert shown.encode("utf-8", "strict")


@given(st.text())
def test_no_text_keeps_anything_that_is_obeyed(text):
    shown = terminal.safe(text)
    assert not OBEYED & set(shown)
    assert terminal.safe(shown) == shown


def test_honest_text_is_left_alone():
    honest = "a\tb\nGrüße, 東京 \u200f \u200e \u061c क्\u200dष می\u200cخواهم 👩\u200d👧 e\u0301 \u00ad\u00a0"  # noqa: RUF001
    assert terminal.safe(honest) == honest


def test_the_end_of_a_page_is_a_new_line():
    assert terminal.safe("a\n\fb") == "a\n\nb"


def test_an_escape_is_shown_as_its_picture():
    assert terminal.safe("\x1b[31m") == "␛[31m"


def test_only_a_terminal_gets_other_text_than_was_read():
    primary, secondary = os.openpty()
    try:
        with os.fdopen(secondary, "w") as tty:
            assert terminal.shown("\x1b[31m", tty) == "␛[31m"
        assert terminal.shown("\x1b[31m", io.StringIO()) == "\x1b[31m"
    finally:
        os.close(primary)


@pytest.mark.parametrize("name", list(formats.WRITERS))
def test_what_a_writer_gives_can_be_shown_on_a_terminal(name):
    chunks = formats.WRITERS[name].write(document().pages, lambda: FACTS)
    shown = b"".join(terminal.safe_chunks(chunks)).decode()
    assert not OBEYED & set(shown)
    assert "recognise" in shown or name not in {"json", "alto"}
