"""Picture files: each type has one decoder of Pillow or libheif, called directly; the registry is never asked.

Sizes are checked before anything is decoded, and a file that is cut short or damaged is refused.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import BinaryIO

import pi_heif
from PIL import BmpImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from cloister.errors import BadInput, Damaged, DamagedPage, PageTooLarge
from cloister.formats.packed import MAX_SIDE
from cloister.jail.unthreaded import keep_in_one_thread
from cloister.model import SourceKind
from cloister.ocr.frames import MAX_PIXELS, Sheet, Verdict, most_pixels
from cloister.ocr.render.grey import grey, resolution, square, upright
from cloister.ocr.render.picture import Picture

_ORIENTATION, _BITS, _SUBFILE = 274, 258, 254
_MILLION = 1_000_000
_WEBP_HEAD = 30
"""Bytes up to the end of what tells a WebP file's size."""

FORMATS: dict[SourceKind, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    SourceKind.PNG: PngImagePlugin.PngImageFile,
    SourceKind.JPEG: JpegImagePlugin.JpegImageFile,
    SourceKind.TIFF: TiffImagePlugin.TiffImageFile,
    SourceKind.WEBP: WebPImagePlugin.WebPImageFile,
    SourceKind.BMP: BmpImagePlugin.BmpImageFile,
}


def warm() -> None:
    """Decode one small picture of each sort, so that nothing is loaded later; set the limits."""
    warnings.simplefilter("ignore")  # a warning looks up source lines
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow refuses at twice this; sizes are checked here first
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for module in (ImageFile, PngImagePlugin, TiffImagePlugin):
        module.logger.disabled = True  # a record asks for the process's number, which a locked jail may not
    keep_in_one_thread()
    pi_heif.options.DECODE_THREADS = 0
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    for kind, name in ((SourceKind.PNG, "PNG"), (SourceKind.JPEG, "JPEG"), (SourceKind.TIFF, "TIFF")):
        held = io.BytesIO()
        Image.new("RGB", (16, 16), 200).save(held, name, **({"compression": "tiff_lzw"} if name == "TIFF" else {}))
        Pictures(kind, FORMATS[kind], held).page(1)


@contextmanager
def _refusing(refusal: BadInput) -> Iterator[None]:
    """Whatever a decoder raises is a refusal; running out of memory ends the jail and is told by its end."""
    try:
        yield
    except (BadInput, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - decoders raise all there is, in words that may hold content
        raise refusal from None


def _check(size: tuple[int, int], page: int, most: int = MAX_PIXELS) -> None:
    width, height = size
    if width <= 0 or height <= 0:
        raise DamagedPage(page=page)
    if width * height > most or max(size) > MAX_SIDE:
        raise PageTooLarge(page=page, limit=most // _MILLION)


class Pictures:
    """A PNG, JPEG, TIFF, WebP or BMP file. Only TIFF has pages; of an animation the first frame is read."""

    def __init__(self, kind: SourceKind, decoder: Callable[[BinaryIO], ImageFile.ImageFile], file: BinaryIO) -> None:
        """Open it; nothing is decoded yet."""
        self.kind = kind
        with _refusing(Damaged()):
            self._most = most_pixels(kind, file.seek(0, io.SEEK_END))
            file.seek(0)
            # A WebP decoder takes the memory for all pixels as it opens, which must wait until their number is checked.
            self._webp = _webp_size(file.read(_WEBP_HEAD)) if kind is SourceKind.WEBP else None
            file.seek(0)
            self._open = partial(decoder, file)
            self._image = None if self._webp else self._open()
            self._frames = _frames(self._image) if isinstance(self._image, TiffImagePlugin.TiffImageFile) else [0]
            self.total = len(self._frames)

    def page(self, number: int) -> Picture:
        """Decode one page to grey."""
        with _refusing(DamagedPage(page=number) if self.total > 1 else Damaged()):
            if self._webp:
                _check(self._webp, number, self._most)
            image = self._image = self._image or self._open()
            if self.kind is SourceKind.TIFF:
                image.seek(self._frames[number - 1])
            _check(image.size, number, self._most)
            if self.kind is SourceKind.JPEG and image.mode == "RGB":
                image.draft("L", image.size)  # brightness only: the decoder leaves out colour
            bits = _bits(image)
            image.load()
            made = grey(image, bits=bits)
            if self.kind is not SourceKind.TIFF:  # Pillow turns TIFF by itself
                made = upright(made, image.getexif().get(_ORIENTATION))
            return picture(made, image.info.get("dpi"), number)


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height in pixels as a WebP file's first chunk tells them (RFC 9649)."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(head[at : at + size], "little")

    match head[12:16]:
        case b"VP8X":
            return number(24, 3) + 1, number(27, 3) + 1
        case b"VP8L":
            return (number(21, 4) & 0x3FFF) + 1, (number(21, 4) >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF
        case _:
            raise Damaged


def _frames(image: TiffImagePlugin.TiffImageFile) -> list[int]:
    """The frames of a TIFF that are pages: not the smaller copies of one, which NewSubfileType marks.

    A frame that cannot even be found is the last page, and will be refused when it is asked for.
    """
    pages, copies = list[int](), list[int]()
    for frame in count():
        try:
            image.seek(frame)
        except EOFError:
            break
        except Exception:  # noqa: BLE001 - see `_refusing`
            pages.append(frame)
            break
        kind = image.tag_v2.get(_SUBFILE, 0)
        (copies if isinstance(kind, int) and kind & 1 else pages).append(frame)
    return pages or copies


def _bits(image: ImageFile.ImageFile) -> int:
    stated = image.tag_v2.get(_BITS) if isinstance(image, TiffImagePlugin.TiffImageFile) else None
    return stated[0] if isinstance(stated, tuple) and stated else 8


def picture(made: Image.Image, stated: object, number: int) -> Picture:
    """Grey pixels with their head."""
    made, dpi = square(made, resolution(made.size, stated), MAX_PIXELS)
    return Picture(Sheet(number, made.width, made.height, dpi, Verdict.NONE), made.tobytes())


class Heic:
    """A HEIC or HEIF file; its primary picture is read, turned as the file says."""

    kind = SourceKind.HEIC
    total = 1

    def __init__(self, file: BinaryIO) -> None:
        """Open it; nothing is decoded yet."""
        with _refusing(Damaged()):
            self._file = pi_heif.open_heif(file, convert_hdr_to_8bit=True)

    def page(self, number: int) -> Picture:
        """Decode the picture to grey."""
        with _refusing(Damaged()):
            _check(self._file.size, number)
            return picture(grey(self._file.to_pillow()), self._file.info.get("dpi"), number)
