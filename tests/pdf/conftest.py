"""One warm write jail for all tests that need nothing special of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cloister.formats.pdf import Note, PdfOptions, PdfWriter
from cloister.model import Plain
from tests.pdf.made import Held


@pytest.fixture(scope="session")
def writer() -> Iterator[PdfWriter]:
    with PdfWriter() as warm:
        yield warm


@pytest.fixture(scope="session")
def write(writer) -> Callable[..., tuple[bytes, tuple[Note, ...]]]:
    """The PDF of an original with the text of pages, and the notes on it."""

    def run(source, pages=(), password=None, **options):
        given = Plain(password.encode()) if isinstance(password, str) else password
        writing = writer.write(Held(source), pages, options=PdfOptions(password=given, **options))
        return b"".join(writing), writing.notes

    return run
