"""Searchable PDFs. What the parent does is in `writer`; it is not loaded in the jail that shares this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloister.formats.pdf.frames import Note
    from cloister.formats.pdf.writer import PdfOptions, PdfWriter, Writing

__all__ = ["Note", "PdfOptions", "PdfWriter", "Writing"]


def __getattr__(name: str) -> object:
    """Load the parent's side when it is first asked for (PEP 562)."""
    if name in __all__:
        from cloister.formats.pdf import writer  # noqa: PLC0415 - starting processes is nothing for a jail

        return getattr(writer, name)
    raise AttributeError(name)
