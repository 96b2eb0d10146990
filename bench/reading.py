"""Reads a folder through the SDK with some layers of the sandbox: reading.py LAYERS PAGES. Prints seconds.

Only measurements and tests can leave layers out; the command has no such option.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cloister.ocr.reader import Reader


def main(layers: str, folder: Path) -> None:
    """Read every page, and print how long that took from before the first jail was started."""
    begun = time.monotonic()
    with Reader(jobs=2, layers=layers) as reader:
        for stream in reader.stream(sorted(folder.iterdir())):
            for _ in stream:
                pass
    print(time.monotonic() - begun)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
