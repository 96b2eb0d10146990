"""What runs inside the two jails of reading: `render` sees the file, `recognise` sees only pixels.

    python -I -m cloister.ocr.child render
    python -I -m cloister.ocr.child recognise latin|full CORE|any [once]

`once` is for a worker that will read one page: it is ready sooner and reads a little slower.

Neither is meant to be started by hand: `jail.spawn` does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cloister.jail.wire import BlockingPipe
    from cloister.ocr.engine.pipeline import Engine


def main(arguments: list[str]) -> NoReturn:
    """Become the jail that was asked for."""
    match arguments:
        case ["render"]:
            from cloister.ocr.render.main import main as render  # noqa: PLC0415 - parsers load in their own jail only

            render()
        case ["recognise", head, core, *how] if how in ([], ["once"]):
            _recognise(head, core, once=bool(how))
    sys.exit(2)


def _recognise(head: str, core: str, *, once: bool) -> NoReturn:
    if core != "any":
        _pin(int(core))
    from cloister.jail.lock import RECOGNISE  # noqa: PLC0415
    from cloister.jail.serve import serve_worker  # noqa: PLC0415

    def warm() -> Engine:
        # Models load in this jail only; and all that it will ever import, as no file opens once it is locked.
        import numpy.ma  # noqa: PLC0415 - numpy loads it lazily, in `median`

        from cloister.ocr import pages  # noqa: PLC0415
        from cloister.ocr.engine.pipeline import Engine  # noqa: PLC0415

        engine = Engine(head, once=once)
        engine.warm()
        del numpy, pages
        return engine

    serve_worker(RECOGNISE, warm, _serve)


def _pin(core: int) -> None:
    """Stay on one of the cores that this process may use, so that workers do not chase each other."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[core % len(allowed)]})


def _serve(engine: Engine, pipe: BlockingPipe) -> None:
    """Read one page. Whatever goes wrong with it is its answer: a failure never looks like a blank page."""
    import numpy as np  # noqa: PLC0415

    from cloister.ocr import pages  # noqa: PLC0415

    asked = pages.asked(pipe)
    raster = asked.raster
    pixels = np.frombuffer(raster.pixels.open(), np.uint8).reshape(raster.height, raster.width)
    try:
        page = engine.read(pixels, number=raster.page, dpi=raster.dpi, rotate=asked.rotate, deskew=asked.deskew)
    except Exception:  # noqa: BLE001 - the parent is told that it failed, and nothing of why
        pages.answer(pipe, None)
    else:
        pages.answer(pipe, page)


if __name__ == "__main__":
    main(sys.argv[1:])
