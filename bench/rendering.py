"""Times the render jail against the same parsers in this process: rendering.py ROUNDS DOCUMENT… Prints JSON.

This process parses the documents itself, which `cloister read` never does: only for generated ones.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

from cloister.ocr.frames import Asked
from cloister.ocr.options import Options
from cloister.ocr.render.main import opened, warm
from cloister.ocr.rendering import Renderer
from cloister.ocr.sources import open_source

_SECONDS = 60.0
_PLAIN = Options()


def _jailed(renderer: Renderer, path: Path) -> float:
    begun = time.monotonic()
    with closing(open_source(path)) as source, renderer.open(source, _PLAIN, begun + _SECONDS) as rendering:
        for _ in rendering:
            pass
    return time.monotonic() - begun


def _here(path: Path) -> float:
    begun = time.monotonic()
    held = path.read_bytes()
    document = opened(io.BytesIO(held), Asked(len(held), _PLAIN.mode, _PLAIN.pages, None))
    for number in range(1, document.total + 1):
        document.page(number)
    return time.monotonic() - begun


def main(rounds: int, paths: list[Path]) -> None:
    """Take both in turn, and print the median milliseconds of each document."""
    warm()
    times: dict[str, list[list[float]]] = {path.name: [[], []] for path in paths}
    with Renderer() as renderer:
        _jailed(renderer, paths[0])
        for _ in range(rounds):
            for path in paths:
                times[path.name][0].append(_jailed(renderer, path))
                times[path.name][1].append(_here(path))
    medians = {name: [round(statistics.median(taken) * 1000, 2) for taken in both] for name, both in times.items()}
    print(json.dumps(medians))


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
