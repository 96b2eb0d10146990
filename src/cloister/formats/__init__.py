"""One writer a file. Text formats are written in the parent; PDF in the write jail.

    format = formats.by_extension("scan.json")
    if isinstance(format, formats.Writer):
        for chunk in format.write(pages, facts):
            ...

A writer takes pages one at a time and asks for the facts when there are no more, so a document of
any length is written in the memory of one page. Every chunk is whole UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from cloister.document import Facts, Page
from cloister.errors import UnknownFormat

Write = Callable[[Iterable[Page], Callable[[], Facts]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: its name, the extension it is given, the other ones it is known by, its media type."""

    name: str
    extension: str
    media_type: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer(Format):
    """A format that is written here. Its module is imported when it is first used."""

    module: str = ""

    def write(self, pages: Iterable[Page], facts: Callable[[], Facts]) -> Iterator[bytes]:
        """Give the output in chunks; `pages` is taken lazily, `facts` asked once they are exhausted."""
        write: Write = import_module(self.module).write
        return write(pages, facts)


PDF = Format("pdf", ".pdf", "application/pdf")
"""The searchable PDF: made by `formats.pdf` in a jail of its own."""

WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        writer.name: writer
        for writer in (
            Writer("txt", ".txt", "text/plain; charset=utf-8", (".text",), "cloister.formats.txt"),
            Writer("md", ".md", "text/markdown; charset=utf-8", (".markdown",), "cloister.formats.md"),
            Writer("json", ".json", "application/json", (), "cloister.formats.json_"),
            Writer("hocr", ".hocr", "text/vnd.hocr+html; charset=utf-8", (".html",), "cloister.formats.hocr"),
            Writer("alto", ".xml", "application/xml", (".alto",), "cloister.formats.alto"),
        )
    }
)
FORMATS: Mapping[str, Format] = MappingProxyType({**WRITERS, PDF.name: PDF})


def by_name(name: str) -> Format:
    """The format of this name, in any case."""
    if (found := FORMATS.get(name.lower())) is None:
        raise UnknownFormat
    return found


def by_extension(name: str) -> Format:
    """The format that a file name asks for by its extension."""
    dot = name.rfind(".")
    extension = name[dot:].lower() if dot >= 0 else ""
    for known in FORMATS.values():
        if extension == known.extension or extension in known.also:
            return known
    raise UnknownFormat
