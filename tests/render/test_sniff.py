"""The type of a file is told by its bytes, and one parser follows from it."""

from __future__ import annotations

import pytest

from cloister.errors import EmptyFile, NotADocument
from cloister.model import SourceKind
from cloister.ocr.render.sniff import sniff
from tests.render import papers


def ftyp(major: bytes, *others: bytes) -> bytes:
    brands = b"".join(others)
    return (16 + len(brands)).to_bytes(4, "big") + b"ftyp" + major + b"\0\0\0\0" + brands + b"rest of the file"


@pytest.mark.parametrize("name", sorted(papers.every_kind()))
def test_every_kind_of_picture_is_recognised(name):
    assert sniff(papers.every_kind()[name][:4096]).value == name.split()[0]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"II+\0\x08\0\0\0", SourceKind.TIFF),
        (b"MM\0*\0\0\0\x08", SourceKind.TIFF),
        (b"%PDF-1.7\n", SourceKind.PDF),
        (b"\n" * 1000 + b"%PDF-1.7\n", SourceKind.PDF),
        (b" " * 1023 + b"%PDF-1.7", SourceKind.PDF),
        (ftyp(b"heic", b"mif1"), SourceKind.HEIC),
        (ftyp(b"mif1", b"mif1", b"heic"), SourceKind.HEIC),
        (ftyp(b"hevc"), SourceKind.HEIC),
    ],
)
def test_other_headers_are_recognised(head, kind):
    assert sniff(head) is kind


@pytest.mark.parametrize(
    "head",
    [
        b" ",
        b"GIF89a",
        b"BM but no bitmap at all",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"PK\x03\x04",
        b"%!PS-Adobe-3.0",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b" " * 1024 + b"%PDF-1.7",
        ftyp(b"avif", b"mif1", b"miaf"),
        ftyp(b"mif1", b"avif"),
        ftyp(b"isom", b"mp41"),
        b"\x89PNG\r\n\x1a",
    ],
)
def test_what_is_not_read_is_refused(head):
    with pytest.raises(NotADocument):
        sniff(head)


def test_an_empty_file_is_told_apart():
    with pytest.raises(EmptyFile):
        sniff(b"")


def test_a_picture_that_hides_a_pdf_is_a_picture():
    assert sniff(b"\xff\xd8\xff\xe0\0\x10JFIF" + b"%PDF-1.4") is SourceKind.JPEG
    assert sniff(b"\x89PNG\r\n\x1a\n" + b"%PDF-1.4") is SourceKind.PNG
