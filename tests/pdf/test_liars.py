"""Whatever a write jail says, the parent ends with a typed error in bounded time."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from cloister.errors import JailDied, JailLied, TimedOut
from cloister.formats.pdf import PdfOptions, PdfWriter
from cloister.jail.spawn import Zygote
from tests.pdf.made import Held, blank, two_words
from tests.pdf.seen import pdftotext

LIES = {
    "empty_frames": JailLied,
    "endless_output": JailLied,
    "frame_too_long": JailLied,
    "unknown_frame": JailLied,
    "unknown_notes": JailLied,
    "unknown_refusal": JailLied,
    "range_beyond_the_end": JailLied,
    "asks_for_ever": JailLied,
    "writes_before_it_took_the_pages": JailLied,
    "asks_for_pages_after_the_last": JailLied,
    "ends_without_a_word": JailDied,
    "speaks_on_after_the_end": JailLied,
    "hangs": TimedOut,
    "dies": JailDied,
}


@pytest.mark.parametrize("how", LIES)
def test_a_lying_jail_is_ended_with_a_typed_error(how):
    command = [sys.executable, "-I", str(Path(__file__).with_name("liar.py")), how]
    begun = time.monotonic()
    with PdfWriter() as writer:
        writer._zygote = Zygote("", command=command)
        writing = writer.write(Held(blank()), [two_words()], options=PdfOptions(seconds=5))
        with pytest.raises(LIES[how]):
            for _ in writing:
                pass
        assert writer._zygote.pid is None
    assert time.monotonic() - begun < 60


def test_a_writing_that_is_given_up_ends_its_jail_and_the_next_one_works():
    with PdfWriter() as writer:
        writing = writer.write(Held(blank()), [two_words()])
        assert next(iter(writing)).startswith(b"%PDF")
        pid = writer._zygote.pid
        writing.close()
        assert not Path(f"/proc/{pid}").exists()
        assert pdftotext(b"".join(writer.write(Held(blank()), [two_words()]))).split() == ["Hello", "world"]


def test_a_page_that_was_not_read_in_time_does_not_harm_the_next_document():
    def pages():
        yield two_words()
        raise TimedOut(seconds=7)

    with PdfWriter() as writer:
        with pytest.raises(TimedOut) as caught:
            b"".join(writer.write(Held(blank(2)), pages()))
        assert caught.value.facts == {"seconds": 7}
        assert pdftotext(b"".join(writer.write(Held(blank()), [two_words()]))).split() == ["Hello", "world"]


def test_an_error_while_pages_are_read_comes_through():
    def pages():
        yield two_words()
        raise KeyError

    with PdfWriter() as writer, pytest.raises(KeyError):
        b"".join(writer.write(Held(blank(2)), pages()))
