"""Pictures as pages of a PDF, with as little done to them as possible.

JPEG keeps its bytes, and PNG without transparency its compressed rows. Pages of black and white become
fax group 4, and everything else is compressed without loss, by way of PNG's row filters.
"""

from __future__ import annotations

import importlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pi_heif
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from cloister.errors import Damaged, NotADocument
from cloister.formats.pdf.jailed import jpeg
from cloister.jail.unthreaded import keep_in_one_thread

if TYPE_CHECKING:
    from typing import BinaryIO

    from pikepdf import Object, Pdf

_CODECS = ("ascii", "latin_1", "cp1252", "utf_8", "utf_16", "utf_16_le", "utf_16_be", "utf_32")
"""What decoders read comments with; Python loads a codec from its file when it is first used."""
_MOST_PIXELS = 200_000_000
_ORIENTATION = 274
_HEAD, _PNG_SIGNATURE = 12, 8
_DECODERS = (
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (b"II", TiffImagePlugin.TiffImageFile),
    (b"MM", TiffImagePlugin.TiffImageFile),
    (b"RIFF", WebPImagePlugin.WebPImageFile),
    (b"BM", BmpImagePlugin.BmpImageFile),
)
"""How a file begins, and the one decoder that then opens it; Pillow's registry is never asked."""
_SPACES = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_PROFILE_SPACES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""Channels of PNG's colour types that have no alpha: grey, RGB, palette."""

_PLACE: dict[int, tuple[int, ...]] = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
"""How a picture is laid onto its page, by Exif orientation: the unit square to a page of size 1."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, ready for a PDF. `width` and `height` are pixels as it is shown, `dpi` what it says of itself."""

    width: int
    height: int
    dpi: tuple[float, float] | None
    orientation: int
    data: bytes = field(repr=False)
    facts: dict[str, object] = field(repr=False)
    profile: bytes | None = field(default=None, repr=False)
    channels: int = 0
    mask: Picture | None = None


def warm() -> None:
    """Set the limits. What is loaded later than this is loaded by what `writing.warm` does."""
    for codec in _CODECS:
        importlib.import_module(f"encodings.{codec}")
    warnings.simplefilter("ignore")  # a warning looks up source lines, and no file opens in the jail
    Image.MAX_IMAGE_PIXELS = None  # checked here
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    keep_in_one_thread()
    pi_heif.options.DECODE_THREADS = 0
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False


def pictures(file: BinaryIO) -> Iterator[Picture]:
    """Give the pages of a picture file: those of a TIFF, or the one there is.

    Raises `NotADocument` if it is none that is known, `Damaged` if it is broken.
    """
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    try:
        for start, decoder in _DECODERS:
            if head.startswith(start):
                yield from _frames(decoder(file), file)
                return
        if head[4:8] != b"ftyp":
            raise NotADocument
        yield _heic(file)
    except (OSError, SyntaxError, ValueError, struct.error):
        raise Damaged from None  # all that decoders raise at what they cannot decode


def is_picture(head: bytes) -> bool:
    """Whether a file that starts with `head` is for `pictures`."""
    return head[4:8] == b"ftyp" or any(head.startswith(start) for start, _ in _DECODERS)


def _frames(image: ImageFile.ImageFile, file: BinaryIO) -> Iterator[Picture]:
    count = getattr(image, "n_frames", 1) if isinstance(image, TiffImagePlugin.TiffImageFile) else 1
    for number in range(count):
        if number:
            image.seek(number)
        yield _picture(image, file)


def _picture(image: ImageFile.ImageFile, file: BinaryIO) -> Picture:
    if image.width * image.height > _MOST_PIXELS:
        raise Damaged
    if image.format == "JPEG" and (kept := _jpeg(image, file)):
        return kept
    if image.format == "PNG":
        file.seek(0)
        if kept := _png(file.read(), image):
            return kept
    dpi, profile = _dpi(image), image.info.get("icc_profile")
    image.load()
    return _compressed(ImageOps.exif_transpose(image), dpi, profile)


def _heic(file: BinaryIO) -> Picture:
    held = pi_heif.open_heif(file, convert_hdr_to_8bit=True)
    if held.size[0] * held.size[1] > _MOST_PIXELS:
        raise Damaged
    return _compressed(held.to_pillow(), None, held.info.get("icc_profile"))


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    held = image.info.get("dpi", ())
    try:
        across, down = float(held[0]), float(held[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return (across, down)


def _orientation(image: Image.Image) -> int:
    try:
        held = image.getexif().get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, struct.error, OSError):
        return 1
    return held if held in _PLACE else 1


def _sides(image: Image.Image, orientation: int) -> tuple[int, int]:
    return (image.width, image.height) if orientation <= 4 else (image.height, image.width)  # noqa: PLR2004 - 5 to 8 lie on their side


def _jpeg(image: Image.Image, file: BinaryIO) -> Picture | None:
    """A JPEG with its own bytes, or None if PDF has no decoder for its kind."""
    file.seek(0)
    data = file.read()
    if (frame := jpeg.frame(data)) is None or frame.channels not in _SPACES:
        return None
    facts: dict[str, object] = {"/Filter": Name.DCTDecode, "/BitsPerComponent": 8}
    if frame.channels == 4 and frame.adobe:  # noqa: PLR2004 - CMYK; Adobe's programs store it inverted
        facts["/Decode"] = Array([1, 0] * 4)
    if frame.channels == 3 and frame.named_rgb and not frame.adobe:  # noqa: PLR2004
        facts["/DecodeParms"] = Dictionary(ColorTransform=0)
    orientation = _orientation(image)
    width, height = _sides(image, orientation)
    facts |= {"/Width": image.width, "/Height": image.height}
    if data.startswith(b"\xff\xd8\xff", end := jpeg.end(data)):
        data = data[:end]  # cameras put small copies and depth maps behind the picture
    return Picture(width, height, _dpi(image), orientation, data, facts, image.info.get("icc_profile"), frame.channels)


def _png(data: bytes, image: Image.Image) -> Picture | None:
    """A PNG with its own compressed rows, or None if they cannot be used as they are."""
    header: tuple[int, ...] = ()
    rows, palette = [], b""
    at = _PNG_SIGNATURE
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"PLTE":
            palette = chunk
        elif kind == b"IDAT":
            rows.append(chunk)
        elif kind == b"tRNS":
            return None
    if len(header) != 7 or header[3] not in _CHANNELS or header[6]:  # noqa: PLR2004 - alpha, or interlaced
        return None
    width, height, bits, colour = header[:4]
    channels = _CHANNELS[colour]
    facts: dict[str, object] = {
        "/Width": width,
        "/Height": height,
        "/BitsPerComponent": bits,
        "/Filter": Name.FlateDecode,
        "/DecodeParms": Dictionary(Predictor=15, Colors=channels, BitsPerComponent=bits, Columns=width),
    }
    profile = image.info.get("icc_profile")
    if palette:
        facts["/ColorSpace"] = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)])
        profile = None
    orientation = _orientation(image)
    sides = _sides(image, orientation)
    return Picture(*sides, _dpi(image), orientation, b"".join(rows), facts, profile, channels)


def _compressed(image: Image.Image, dpi: tuple[float, float] | None, profile: bytes | None) -> Picture:
    """A decoded picture, compressed without loss."""
    mask = None
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        image = image.convert("LA" if image.mode in {"LA", "La"} else "RGBA")
        alpha = image.getchannel("A")
        if alpha.getextrema() != (255, 255):
            mask = _compressed(alpha, None, None)
        image = image.convert("L" if image.mode == "LA" else "RGB")
    if image.mode == "1":
        return _fax(image, dpi)
    if image.mode == "CMYK":
        facts: dict[str, object] = {"/BitsPerComponent": 8, "/Filter": Name.FlateDecode}
        facts |= {"/Width": image.width, "/Height": image.height}
        return Picture(*image.size, dpi, 1, zlib.compress(image.tobytes()), facts, profile, 4)
    if image.mode not in {"L", "RGB", "P", "I;16"}:
        image = image.convert("L" if image.mode in {"I", "F", "I;16B", "I;16L", "I;16N"} else "RGB")
    held = io.BytesIO()
    image.info.clear()
    image.save(held, "PNG")
    made = _png(held.getvalue(), image)
    if made is None:
        raise Damaged
    return Picture(*image.size, dpi, 1, made.data, made.facts, profile, made.channels, mask)


def _fax(image: Image.Image, dpi: tuple[float, float] | None) -> Picture:
    """Black and white, as fax group 4: the smallest form that keeps every pixel."""
    held = io.BytesIO()
    # Inverted, so that paper is coded as white, which takes the shorter codes.
    ImageOps.invert(image).save(held, "TIFF", compression="group4", strip_size=1 << 30)
    with Image.open(held, formats=("TIFF",)) as tiff:
        (start,), (size,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
    facts: dict[str, object] = {
        "/Width": image.width,
        "/Height": image.height,
        "/BitsPerComponent": 1,
        "/Filter": Name.CCITTFaxDecode,
        "/DecodeParms": Dictionary(K=-1, Columns=image.width, Rows=image.height),
    }
    return Picture(*image.size, dpi, 1, held.getvalue()[start : start + size], facts, None, 1)


def add_page(pdf: Pdf, picture: Picture, width: float, height: float) -> pikepdf.Page:
    """Add a page of so many points that shows a picture and nothing else."""
    a, b, c, d, e, f = _PLACE[picture.orientation]
    numbers = (a * width, b * height, c * width, d * height, e * width, f * height)
    content = b"q %.4f %.4f %.4f %.4f %.4f %.4f cm /Picture Do Q\n" % numbers
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 4), round(height, 4)]),
        Contents=pikepdf.Stream(pdf, content),
        Resources=Dictionary(XObject=Dictionary(Picture=_stream(pdf, picture))),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return pdf.pages[-1]


def _stream(pdf: Pdf, picture: Picture) -> Object:
    stream = pikepdf.Stream(pdf, picture.data, Type=Name.XObject, Subtype=Name.Image)
    if "/ColorSpace" not in picture.facts:
        stream.ColorSpace = _space(pdf, picture)
    for key, fact in picture.facts.items():
        stream[key] = fact
    if picture.mask:
        stream.SMask = _stream(pdf, picture.mask)
    return stream


def _space(pdf: Pdf, picture: Picture) -> Object:
    plain, profile = _SPACES[picture.channels], picture.profile
    if not profile or profile[16:20] != _PROFILE_SPACES[picture.channels]:
        return plain
    held = pikepdf.Stream(pdf, zlib.compress(profile), Filter=Name.FlateDecode, N=picture.channels, Alternate=plain)
    return Array([Name.ICCBased, held])
