"""What must be known of a JPEG to put its bytes into a PDF (ITU-T T.81, annex B)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_DECODABLE = frozenset({0xC0, 0xC1, 0xC2})
"""Frames that PDF's DCTDecode takes: baseline, extended and progressive, all with Huffman codes."""
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_END, _SCAN, _ADOBE = 0xD9, 0xDA, 0xEE


@dataclass(frozen=True, slots=True)
class Frame:
    """The first frame: how many channels, whether Adobe's marker is there, whether they are named R, G and B."""

    channels: int
    adobe: bool
    named_rgb: bool


def frame(data: bytes) -> Frame | None:
    """The frame of a JPEG, or None if PDF cannot decode it."""
    adobe = False
    for marker, start, stop in _segments(data):
        if marker == _ADOBE and data[start : start + 5] == b"Adobe":
            adobe = True
        if marker in _FRAMES:
            segment = data[start:stop]
            if marker not in _DECODABLE or len(segment) < 6 or segment[0] != 8:  # noqa: PLR2004 - bits a sample
                return None
            names = segment[6::3][: segment[5]]
            return Frame(segment[5], adobe or _adobe_follows(data, stop), names == b"RGB")
    return None


def end(data: bytes) -> int:
    """Where the first picture ends; some files carry more of them behind it."""
    for marker, start, _ in _segments(data):
        if marker == _END:
            return start
    return len(data)


def _adobe_follows(data: bytes, at: int) -> bool:
    return any(marker == _ADOBE and data[start : start + 5] == b"Adobe" for marker, start, _ in _segments(data, at))


def _segments(data: bytes, at: int = 2) -> Iterator[tuple[int, int, int]]:
    """Every marker with the stretch of its segment; coded data is passed over."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        if marker in {0x00, 0xFF} or marker in _ALONE:
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        if marker == _END:
            yield marker, at + 2, at + 2
            return
        size = int.from_bytes(data[at + 2 : at + 4])
        yield marker, at + 4, at + 2 + size
        at += 2 + size
