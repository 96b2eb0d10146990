"""The few input shapes that are ever run: all of them are warmed before the worker locks itself.

A locked worker may map no new executable memory, and each new shape compiles new kernels. So every line and
every page is fitted into one of these, by padding and by a little stretching.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

HEIGHT = 32
"""Pixels: the height of a line as the recogniser reads it."""
MARGIN = 5
"""Pixels above and below that belong to a region's box and are not read: words' ink is looked for there too."""
CUT_HEIGHT = HEIGHT + 2 * MARGIN
STEP = 8
"""Pixels of width to one step of the recogniser's output."""
SQUEEZE, STRETCH = 1.06, 1.25
"""A line may be squeezed or stretched by this much to fill a shape."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A shape of the recogniser's input: how many lines, and how wide."""

    lines: int
    width: int


BATCHES = (
    *(Batch(6, width) for width in (56, 88)),
    *(Batch(4, width) for width in (136, 200)),
    *(Batch(1, width) for width in (104, 168, 240, 320, 416, 528, 672, 856, 1080, 1360)),
)
FEW = tuple(batch for batch in BATCHES if batch.lines == 1)
"""Enough to read any page: for a worker that will read one page and no more."""
LONGEST = max(batch.width for batch in BATCHES)

LONG_SIDE = 960
"""Pixels: what the longest side of a page is scaled down to for the detector."""
PAGES = ((960, 704), (832, 544), (960, 480), (704, 960), (960, 960), (128, 960), (320, 320))
"""Shapes of the detector's input: height, width."""
FEW_PAGES = ((960, 704), (960, 960))

Key = TypeVar("Key", bound="Hashable")


def gathered(wanted: Mapping[Key, float], batches: Sequence[Batch]) -> Iterator[tuple[int, int, list[Key]]]:
    """Gather lines by width, narrow ones first: width, places, and the lines that fill them.

    Lines that would leave half a batch empty go on to the next width, unless there is a smaller batch.
    """
    widths = sorted({batch.width for batch in batches})
    waiting: dict[int, list[Key]] = {}
    for key, width in wanted.items():
        waiting.setdefault(next((w for w in widths if width <= w * SQUEEZE), widths[-1]), []).append(key)
    lines: list[Key] = []
    for width in widths:
        lines += waiting.get(width, [])
        sizes = sorted((b.lines for b in batches if b.width == width), reverse=True)
        while lines:
            if 2 * len(lines) > sizes[0] or sizes[0] == 1:
                size = sizes[0]
            elif len(sizes) > 1:
                size = sizes[-1]
            else:
                break
            yield width, size, lines[:size]
            lines = lines[size:]


def page_for(height: float, width: float, pages: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], float]:
    """The detector's shape for a picture of this size, and how far the picture has to be scaled down for it.

    The smallest shape counts that holds the picture scaled down by no more than 5%; the largest holds all.
    """
    fits = []
    for rows, columns in pages:
        scale = min(1.0, rows / height, columns / width)
        if scale >= 0.95:
            fits.append((rows * columns, (rows, columns), scale))
    _, shape, scale = min(fits) if fits else (0, (LONG_SIDE, LONG_SIDE), min(1.0, LONG_SIDE / max(height, width)))
    return shape, scale
