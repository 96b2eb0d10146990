"""Plain text: pages parted by a form feed, blocks by an empty line, as pdftotext and tesseract do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cloister.document import Facts, Page


def write(pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
    """Give the text, a page at a time. It is the text as read: a terminal needs `terminal.safe`."""
    del facts
    before = ""
    for page in pages:
        text = page.text
        # "replace": a lone surrogate is no character; better a question mark than no output.
        yield f"{before}{text}\n".encode("utf-8", "replace") if text else before.encode()
        before = "\f"
