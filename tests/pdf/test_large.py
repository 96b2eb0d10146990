"""A document of any length is written range by range and page by page."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from pikepdf import Dictionary, Name, Pdf, Stream

from cloister.formats.pdf import PdfWriter
from cloister.jail.ranges import BLOCK, MAX_RANGE
from tests.pdf.made import Held, page_of, saved, scan, two_words
from tests.pdf.seen import pdftotext, qpdf_check


def heavy(pages, kilobytes):
    """A PDF with a large picture on each page."""
    pdf, chance = Pdf.new(), Random(1)
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        picture = Stream(pdf, chance.randbytes(kilobytes * 1000), Type=Name.XObject, Subtype=Name.Image, Width=10,
                         Height=kilobytes * 100, BitsPerComponent=8, ColorSpace=Name.DeviceGray)  # fmt: skip
        page.obj.Resources = Dictionary(XObject=Dictionary(I=picture))
        page.obj.Contents = Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q")
    return saved(pdf, compress_streams=False)


class Watched:
    """The most anonymous memory that any child of a process has had."""

    def __init__(self, pid):
        self.most, self._pid, self._over = 0, pid, False
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._over:
            try:
                for child in Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split():
                    status = Path(f"/proc/{child}/status").read_text()
                    self.most = max(self.most, int(status.split("RssAnon:")[1].split()[0]) << 10)
            except (OSError, IndexError):
                pass
            time.sleep(0.01)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()


def test_a_large_original_never_lies_in_memory_whole(tmp_path):
    source = heavy(250, 400)
    assert len(source) > 5 * MAX_RANGE
    held = Held(source)
    with PdfWriter() as writer:
        b"".join(writer.write(Held(heavy(1, 1)), [two_words()]))
        with Watched(writer._zygote.pid) as watched:
            writing = writer.write(held, (two_words(number) for number in range(1, 251)))
            data = b"".join(writing)
    print(f"{watched.most >> 20} MiB in the jail for {len(source) >> 20} MiB")
    assert held.most <= BLOCK
    assert 0 < watched.most < len(source) * 0.7
    assert writing.notes == ()
    path = tmp_path / "large.pdf"
    path.write_bytes(data)
    assert qpdf_check(path)[0] == 0
    assert pdftotext(data, "-f", "250").split() == ["Hello", "world"]


@pytest.mark.proof
def test_a_thousand_pages_of_dense_text_take_little_memory():
    source = heavy(1000, 100)
    reading = page_of(scan(3)[1])
    with PdfWriter() as writer:
        b"".join(writer.write(Held(heavy(1, 1)), [two_words()]))
        with Watched(writer._zygote.pid) as watched:
            size = sum(
                len(chunk)
                for chunk in writer.write(Held(source), (replace(reading, number=n + 1) for n in range(1000)))
            )
    print(f"{watched.most >> 20} MiB in the jail, {size >> 20} MiB written")
    assert size > len(source)
    assert watched.most < 200 << 20
