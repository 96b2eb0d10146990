"""Reads a folder of pictures with one warm RapidOCR engine at its defaults: rapid.py ENGINE PAGES OUT."""

from __future__ import annotations

import sys
from pathlib import Path

from rapidocr import EngineType, RapidOCR


def main(engine: str, pages: Path, out: Path) -> None:
    """Write OUT/NAME.txt for every page."""
    kind = EngineType(engine)
    settings = {f"{part}.engine_type": kind for part in ("Det", "Cls", "Rec")} | {"Global.log_level": "critical"}
    read = RapidOCR(params=settings)
    for page in sorted(pages.iterdir()):
        lines = getattr(read(str(page)), "txts", None) or ()
        (out / f"{page.stem}.txt").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
