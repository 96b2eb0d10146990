"""Any picture as 8-bit grey on white paper, and the resolution that it has on paper."""

from __future__ import annotations

import math

from PIL import Image

Transpose = Image.Transpose

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What makes a picture with this EXIF orientation upright (CIPA DC-008, tag 0x0112)."""
_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_SIXTEEN_BITS = {"I;16": 1, "I;16L": 1, "I;16N": 1, "I;16B": 0}
"""Modes of 16 bits a pixel, and which byte of a pixel is the higher one."""
_TWELVE_BITS = 4095
_LEAST_DPI, _MOST_DPI = 50, 1200
_A4_LONG, _A0_LONG, _A3_LONG = 11.69, 46.8, 16.54
"""Inches."""
_UNKNOWING = frozenset({72, 96})
"""What programs write that know nothing of paper."""
_LEAST_GUESS, _MOST_GUESS = 72, 600
_SQUARE, _MOST_STRETCH = 1.03, 4.0
_STRIP = 256
"""Rows that are converted at once where a whole picture would take too much memory."""


def grey(image: Image.Image, *, bits: int = 8) -> Image.Image:
    """The picture as mode L; what is transparent shows white paper. `bits` of a sample, where Pillow cannot tell."""
    if image.mode in _WITH_ALPHA or ("transparency" in image.info and image.mode in {"1", "L", "P", "RGB"}):
        return _on_white(image)
    if image.mode == "L":
        return image
    if image.mode in _SIXTEEN_BITS:
        return _sixteen(image, bits)
    if image.mode in {"I", "F"}:
        return _stretched(image)
    if image.mode == "LAB":
        return image.getchannel(0)
    if image.mode == "HSV":
        image = image.convert("RGB")
    return image.convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    image = image if image.mode in {"LA", "RGBA"} else image.convert("LA" if image.mode in {"1", "L", "La"} else "RGBA")
    alpha = image.getchannel("A")
    paper = Image.new("L", image.size, 255)
    paper.paste(image.convert("L"), mask=alpha)
    return paper


def _sixteen(image: Image.Image, bits: int) -> Image.Image:
    if bits == 12:  # noqa: PLR2004 - the one odd depth that scanners write
        return image.convert("I").point([min(255, value * 255 // _TWELVE_BITS) for value in range(65536)], "L")
    high = image.tobytes()[_SIXTEEN_BITS[image.mode] :: 2]
    return Image.frombuffer("L", image.size, high, "raw", "L", 0, 1)


def _stretched(image: Image.Image) -> Image.Image:
    """32-bit values have no white of their own: it is 1 (in floats), 255, 65,535 or the highest that is there."""
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError
    whites = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
    black = min(low, 0.0)
    white = next((white for white in whites if high <= white), high)
    scale = 255 / (white - black)
    made = Image.new("L", image.size)
    for top in range(0, image.height, _STRIP):  # a second picture of 32 bits would be too large for the jail
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP)))
        made.paste(strip.point(lambda value: value * scale - black * scale).convert("L"), (0, top))
    return made


def upright(image: Image.Image, orientation: object) -> Image.Image:
    """The picture turned as its EXIF orientation says."""
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def resolution(size: tuple[int, int], stated: object) -> tuple[float, float]:
    """Dots per inch across and down: as stated, if that makes sense, otherwise as if the page were A4.

    A stated resolution makes sense between 50 and 1,200, if the page is not longer than A0; 72 and 96 are
    what programs write that know nothing, and count only up to A3. The guess stays between 72 and 600.
    """
    across, down = _numbers(stated)
    longer = max(size[0] / across, size[1] / down) if across and down else math.inf
    sane = all(_LEAST_DPI <= dpi <= _MOST_DPI for dpi in (across, down))
    sane = sane and max(across, down) <= _MOST_STRETCH * min(across, down)
    if sane and longer <= (_A3_LONG if round(across) in _UNKNOWING else _A0_LONG):
        return across, down
    guess = float(max(_LEAST_GUESS, min(_MOST_GUESS, round(max(size) / _A4_LONG))))
    return guess, guess


def _numbers(stated: object) -> tuple[float, float]:
    try:
        across, down = (float(value) for value in stated)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return 0.0, 0.0
    return (across, down) if math.isfinite(across) and math.isfinite(down) else (0.0, 0.0)


def square(image: Image.Image, dpi: tuple[float, float], most: int) -> tuple[Image.Image, float]:
    """The picture with equal resolution across and down, as fax has not, unless it would have over `most` pixels."""
    across, down = dpi
    best = max(across, down)
    size = round(image.width * best / across), round(image.height * best / down)
    if best <= _SQUARE * min(across, down) or size[0] * size[1] > most:
        return image, best
    return image.resize(size, Image.Resampling.BILINEAR), best
