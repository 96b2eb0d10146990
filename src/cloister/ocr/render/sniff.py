"""The type of a file, from its first bytes and never from its name.

One type, one parser: what opens a file is decided here once, and a parser that fails is not followed
by another, so that a file which is two things at once meets one parser only. Signatures at the very
start come first; a PDF may begin within the first 1,024 bytes (ISO 32000-1, implementation note 13;
pdfium looks just there too).
"""

from __future__ import annotations

from cloister.errors import EmptyFile, NotADocument
from cloister.model import SourceKind

HEAD = 4096
_PDF_WITHIN = 1024
_DIB_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1", b"mif2", b"heif"})
_SIGNATURES = {
    SourceKind.PNG: (b"\x89PNG\r\n\x1a\n",),
    SourceKind.JPEG: (b"\xff\xd8\xff",),
    SourceKind.TIFF: (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}


def sniff(head: bytes) -> SourceKind:
    """The type of a file that starts with `head` (its first `HEAD` bytes). Raises `NotADocument` or `EmptyFile`."""
    if not head:
        raise EmptyFile
    for kind, signatures in _SIGNATURES.items():
        if head.startswith(signatures):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return SourceKind.WEBP
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _DIB_HEADERS:
        return SourceKind.BMP
    if _is_heic(head):
        return SourceKind.HEIC
    if b"%PDF-" in head[: _PDF_WITHIN + 4]:
        return SourceKind.PDF
    raise NotADocument


def _is_heic(head: bytes) -> bool:
    """Whether this is a HEIF file with an HEVC picture; the same container with AV1 (AVIF) is not read."""
    if head[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major, others = head[8:12], {head[at : at + 4] for at in range(16, size - 3, 4)}
    return major in _HEIC_BRANDS or (major in _HEIF_BRANDS and bool(others & _HEIC_BRANDS))
