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


_OVERHEAD = 55
"""What it costs to run the recogniser at all, in columns of pixels."""
BATCHES = (
    *(Batch(11, 80), Batch(5, 112), Batch(3, 160), Batch(3, 216), Batch(2, 288)),
    *(Batch(1, width) for width in (176, 384, 536, 688, 1000, 1192, 1360)),
)
"""Few: each takes a sixth of a second and up to 45 MB. These read generated pages with the fewest columns of pixels."""
FEW = tuple(Batch(1, width) for width in (104, 168, 240, 320, 416, 528, 672, 856, 1080, 1360))
"""Enough to read any page: for a worker that will read one page and no more."""
LONGEST = max(batch.width for batch in BATCHES)

LONG_SIDE = 960
"""Pixels: what the longest side of a page is scaled down to for the detector."""
PAGES = (
    *((960, 960), (960, 704), (704, 960), (928, 672), (896, 608), (608, 896), (832, 576)),
    *((960, 480), (768, 512), (704, 480), (704, 352), (544, 416), (544, 288), (320, 320), (128, 960)),
)
"""Shapes of the detector's input: height, width."""
FEW_PAGES = ((960, 704), (960, 960))

Key = TypeVar("Key", bound="Hashable")


def gathered(wanted: Mapping[Key, float], batches: Sequence[Batch]) -> Iterator[tuple[int, int, list[Key]]]:
    """Gather lines by width into the cheapest batches that hold them: width, places, and the lines that fill them.

    Lines go together with their next in width, so the cheapest way is found by taking them widest first and
    asking of each number of lines how cheaply so many can be read.
    """
    keys = sorted(wanted, key=lambda key: wanted[key], reverse=True)
    widest = max(batch.width for batch in batches)
    costs = [(batch, _OVERHEAD + batch.lines * batch.width) for batch in batches]
    cheapest: list[tuple[float, Batch]] = [(0, batches[0])]
    for count in range(1, len(keys) + 1):
        # The last batch holds up to so many lines; its first is its widest.
        ways = [
            (cheapest[first][0] + cost, batch)
            for batch, cost in costs
            if min(wanted[keys[first := max(0, count - batch.lines)]], widest) <= batch.width * SQUEEZE
        ]
        cheapest.append(min(ways, key=lambda way: way[0]))
    end = len(keys)
    while end:
        batch = cheapest[end][1]
        first = max(0, end - batch.lines)
        yield batch.width, batch.lines, keys[first:end]
        end = first


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
