"""`python -m cloister.samples FOLDER --kind page -n 20 --seed 1`: a set of generated pages with their truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from cloister import samples
from cloister.samples import files


def main(arguments: list[str] | None = None) -> int:
    """Write the set that the command line asks for. Languages and kinds are taken in turn."""
    parser = argparse.ArgumentParser(prog="python -m cloister.samples", description=__doc__)
    parser.add_argument("folder", type=Path, help="gets pages/ and truth/")
    parser.add_argument("--kind", nargs="+", choices=samples.KINDS, default=["page"])
    parser.add_argument("--language", nargs="+", choices=samples.LANGUAGES, default=["en"])
    parser.add_argument("--quality", nargs="+", choices=samples.QUALITIES, default=["clean"])
    parser.add_argument("-n", type=int, default=10, help="how many files (default 10)")
    parser.add_argument("--pages", type=int, default=1, help="pages in a file, for pdf and tiff (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--format", choices=files.FORMATS, default="png")
    asked = parser.parse_args(arguments)
    if asked.pages > 1 and asked.format not in {"pdf", "tiff"}:
        parser.error("only pdf and tiff hold more than one page")
    for i in range(asked.n):
        kind = asked.kind[i % len(asked.kind)]
        language = asked.language[i % len(asked.language)]
        quality = asked.quality[i % len(asked.quality)]
        seed = asked.seed * 10_007 + i
        made = list(samples.pages(kind, asked.pages, seed=seed, language=language, quality=quality, dpi=asked.dpi))
        files.write(asked.folder, f"{kind}-{language}-{quality}-{i:04d}", made, asked.format)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
