"""The values that travel. All frozen; none can do I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NoReturn


class Plain:
    """Readable content. It can be opened, but not printed, logged or pickled."""

    __slots__ = ("_held",)

    def __init__(self, held: bytes) -> None:
        self._held = held

    def open(self) -> bytes:
        """Give up the bytes. Search for `.open()` to find every place that looks."""
        return self._held

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"<Plain {len(self._held)} bytes>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Plain does not cross a process boundary by accident")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self._held == other._held

    __hash__ = None  # type: ignore[assignment]


class SourceKind(Enum):
    """The types of file that are read, as found in the bytes and never in the name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    WEBP = "webp"
    BMP = "bmp"
    HEIC = "heic"


class Mode(Enum):
    """What to do with text that a document brings along."""

    SKIP = "skip"
    """Use a trustworthy text layer; read pixels where there is none. The default."""
    FORCE = "force"
    """Read every page from its pixels, whatever text it brings along."""
    REDO = "redo"
    """The same; but into a PDF go only words that the page does not show as text already."""


@dataclass(frozen=True, slots=True)
class Raster:
    """The pixels of one page as they leave the render jail.

    `pixels` holds height × width bytes, row by row, 0 black to 255 white, grey.
    `dpi` is the resolution of these pixels on paper (dots per inch), never 0.
    """

    page: int
    width: int
    height: int
    dpi: float
    pixels: Plain
