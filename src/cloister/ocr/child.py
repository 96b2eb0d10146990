"""What runs inside the two jails of reading: `render` sees the file, `recognise` sees only pixels.

    python -I -m cloister.ocr.child render
    python -I -m cloister.ocr.child recognise latin|full THREADS [once]

`THREADS` warm up side by side. `once` is for workers that read few pages: they are ready sooner and read
a little slower.

Neither is meant to be started by hand: `jail.spawn` does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloister.jail.wire import BlockingPipe
    from cloister.ocr.engine.pipeline import Engine


def main(arguments: list[str]) -> NoReturn:
    """Become the jail that was asked for."""
    match arguments:
        case ["render"]:
            from cloister.ocr.render.main import main as render  # noqa: PLC0415 - parsers load in their own jail only

            render()
        case ["recognise", head, threads, *how] if how in ([], ["once"]):
            _recognise(head, int(threads), once=bool(how))
    sys.exit(2)


def _recognise(head: str, threads: int, *, once: bool) -> NoReturn:
    from cloister.jail.lock import RECOGNISE  # noqa: PLC0415
    from cloister.jail.serve import serve_nursery  # noqa: PLC0415

    def warm(eased: Callable[[], None]) -> Engine:
        # Models load in this jail only; and all that its workers will ever import, as no file opens in them.
        from cloister.ocr.engine import runtime  # noqa: PLC0415

        runtime.start_no_threads()
        import numpy.ma  # noqa: PLC0415 - numpy loads it lazily, in `median`

        from cloister.ocr import pages  # noqa: PLC0415
        from cloister.ocr.engine.pipeline import Engine  # noqa: PLC0415

        engine = Engine(head, once=once, threads=threads)
        engine.warm(eased)
        del numpy, pages
        return engine

    serve_nursery(RECOGNISE, warm, _serve)


def _serve(engine: Engine, pipe: BlockingPipe) -> None:
    """Read one page. Whatever goes wrong with it is its answer: a failure never looks like a blank page."""
    import numpy as np  # noqa: PLC0415

    from cloister.languages import Script  # noqa: PLC0415
    from cloister.ocr import pages  # noqa: PLC0415
    from cloister.ocr.engine.script import Foreign  # noqa: PLC0415

    asked = pages.asked(pipe)
    raster = asked.raster
    pixels = np.frombuffer(raster.pixels.open(), np.uint8).reshape(raster.height, raster.width)
    try:
        page = engine.read(pixels, number=raster.page, dpi=raster.dpi, rotate=asked.rotate, deskew=asked.deskew)
    except Foreign as found:
        pages.answer(pipe, pages.NeedsFull() if found.script is Script.HAN else found.script)
    except Exception:  # noqa: BLE001 - the parent is told that it failed, and nothing of why
        pages.answer(pipe, None)
    else:
        pages.answer(pipe, page)


if __name__ == "__main__":
    main(sys.argv[1:])
