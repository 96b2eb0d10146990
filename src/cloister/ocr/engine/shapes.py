"""The few input shapes that are ever run: all of them are warmed before the worker locks itself.

A locked worker may map no new executable memory, and each new shape compiles new kernels. So every line and
every page is fitted into one of these, by padding and by a little stretching.
"""

from __future__ import annotations

from dataclasses import dataclass

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


BATCHES = tuple(
    Batch(lines, width)
    for lines, width in (
        (1, 48), (6, 48), (1, 80), (6, 80), (1, 120), (6, 120), (1, 168), (4, 168), (1, 224), (4, 224),
        (1, 288), (3, 288), (1, 368), (1, 464), (1, 576), (1, 720), (1, 896), (1, 1112), (1, 1376),
    )
)  # fmt: skip
WIDTHS = tuple(sorted({batch.width for batch in BATCHES}))
LONGEST = WIDTHS[-1]

PAGES = ((960, 704), (960, 480), (704, 960), (960, 960), (128, 960), (320, 320))
"""Shapes of the detector's input: height, width."""


def width_for(width: float) -> int:
    """The width of the shape that a line this wide goes into."""
    return next((w for w in WIDTHS if width <= w * SQUEEZE), LONGEST)


def batches_for(width: int) -> tuple[int, ...]:
    """How many lines of this width may go together, most first."""
    return tuple(sorted((b.lines for b in BATCHES if b.width == width), reverse=True))


def page_for(height: int, width: int) -> tuple[tuple[int, int], float]:
    """The detector's shape for a page, and the scale at which the page goes into it.

    Of the shapes that hold the page at the scale wanted (longest side 960 pixels, never enlarged), the
    smallest; a page that is up to 5% too wide is scaled down a little more instead.
    """
    wanted = min(1.0, 960 / max(height, width))
    best = None
    for rows, columns in PAGES:
        scale = min(wanted, rows / height, columns / width)
        if scale >= 0.95 * wanted and (best is None or rows * columns < best[0][0] * best[0][1]):
            best = (rows, columns), scale
    if best is None:
        rows, columns = 960, 960
        best = (rows, columns), min(wanted, rows / height, columns / width)
    return best
