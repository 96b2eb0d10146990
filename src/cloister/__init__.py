"""Private OCR that can be proven: a document in, its text out, nothing else leaves.

    import cloister

    document = cloister.read("scan.pdf")
    print(document.text)

    with cloister.Reader(jobs=2) as reader:  # keeps its jails warm
        for path in paths:
            document = reader.read(path)

Importing this package imports nothing; each name is fetched on first use (PEP 562). Unlike the
`cloister read` command, the SDK does not take the network away from the process that uses it: only
the jails, which do all parsing and reading, have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloister.document import Block as Block
    from cloister.document import Document as Document
    from cloister.document import Grade as Grade
    from cloister.document import Line as Line
    from cloister.document import Page as Page
    from cloister.document import Word as Word
    from cloister.errors import CloisterError as CloisterError
    from cloister.model import Mode as Mode
    from cloister.model import Plain as Plain
    from cloister.ocr.options import Options as Options
    from cloister.ocr.reader import Reader as Reader
    from cloister.ocr.reader import read as read

_HOMES = {
    "Block": "cloister.document",
    "CloisterError": "cloister.errors",
    "Document": "cloister.document",
    "Grade": "cloister.document",
    "Line": "cloister.document",
    "Mode": "cloister.model",
    "Options": "cloister.ocr.options",
    "Page": "cloister.document",
    "Plain": "cloister.model",
    "Reader": "cloister.ocr.reader",
    "Word": "cloister.document",
    "read": "cloister.ocr.reader",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names are listed once, above


def __getattr__(name: str) -> object:
    """Fetch a public name from its home."""
    if name not in _HOMES:
        message = f"module 'cloister' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Every public name."""
    return list(__all__)
