"""Opens pictures in the jail, and tells whether one is a copy of a known page: smaller, turned, or encoded anew."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cloister.canary.frames import SIDE

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM")
_MOST_PIXELS = 120_000_000
_LEAST_SIDE = 20
"""Pixels of the shorter side below which nothing on a page can be told."""
_FLAT = 4.0
"""Standard deviation of grey below which a picture shows nothing."""
_SAME, _SMALL_SAME = 0.92, 0.95
"""Correlation of the fine structure from which two pictures show the same page: other pages of one form come to 0.87,
and to 0.93 where so little is seen as in a small picture. Copies of a page have 0.97 and more."""
_SMALL = 100
"""Pixels of the shorter side below which a picture is small."""

Grey = NDArray[np.float32]


class NoPicture(Exception):
    """It cannot be opened."""


def warm() -> None:
    """Load the decoders: a locked jail can load no more."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    Image.init()
    picture = Image.new("L", (32, 32), 255)
    for name in _FORMATS:
        held = io.BytesIO()
        picture.save(held, name)
        grey_of(held.getvalue())


def grey_of(data: bytes) -> Grey:
    """The pixels in grey. Raises `NoPicture`."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise NoPicture
            opened.draft("L", (2 * SIDE, 2 * SIDE))
            return np.asarray(opened.convert("L"), np.float32)
    except NoPicture:
        raise
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a decoder says of a hostile file
        raise NoPicture from None


def fingerprint_of(data: bytes) -> bytes:
    """What a known page looks like: SIDE × SIDE pixels in grey."""
    return np.clip(_small(grey_of(data), SIDE), 0, 255).astype(np.uint8).tobytes()


def _small(grey: Grey, side: int) -> Grey:
    picture = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX), np.float32)


def _fine(grey: Grey, side: int) -> Grey:
    """The fine structure: what is left when the surroundings of each place are taken away."""
    small = _small(grey, side)
    padded = np.pad(small, 4, mode="edge")
    sums = np.cumsum(np.cumsum(np.pad(padded, ((1, 0), (1, 0))), 0), 1)
    around = (sums[9:, 9:] - sums[:-9, 9:] - sums[9:, :-9] + sums[:-9, :-9]) / 81
    result: Grey = (small - around).astype(np.float32)
    return result


def shows_nothing(grey: Grey) -> bool:
    """Whether it is too small or too even to show any of a page."""
    return min(grey.shape) < _LEAST_SIDE or float(grey.std()) < _FLAT


def same_as(grey: Grey, prints: tuple[bytes, ...]) -> list[int]:
    """The numbers of the known pages that this picture shows, upright or turned, mirrored or inverted."""
    if not prints or min(grey.shape) < _LEAST_SIDE:
        return []
    is_small = min(grey.shape) < _SMALL
    side, least = (SIDE // 2, _SMALL_SAME) if is_small else (SIDE, _SAME)
    fine = _fine(grey, side)
    found = []
    for number, print_ in enumerate(prints):
        page = _fine(np.frombuffer(print_, np.uint8).reshape(SIDE, SIDE).astype(np.float32), side)
        turned = (np.rot90(one, quarter) for one in (fine, fine.T) for quarter in range(4))
        if any(abs(_correlation(one, page)) >= least for one in turned):
            found.append(number)
    return found


def _correlation(a: Grey, b: Grey) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-6))
