"""`python -m cloister.samples.examples FOLDER`: the example files of the project, byte for byte the same every time."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cloister.samples import Sample, Wear, files, make


@dataclass(frozen=True, slots=True)
class Example:
    """One example file: what it is and how it is drawn."""

    name: str
    says: str
    kind: str
    seed: int
    dpi: int
    wear: Wear
    pages: int = 1
    language: str = "en"
    colours: int = 0
    """How many colours a PNG keeps; 0 keeps all. Few keep the file small, as scanners' software does."""


# The grounds stay pure white where a scanner's own software would have whitened them: the files stay small.
_SCANNED = Wear(skew=0.35, grain=26, blur=0.5)
EXAMPLES = (
    Example(
        "passport.png",
        "The data page of a passport of Utopia with its machine-readable zone, scanned in colour.",
        "passport", 11, 200, Wear(skew=-0.8, blur=0.5),
    ),
    Example(
        "invoice.png", "An invoice with a table of items, totals that add up, and a stamp.",
        "invoice", 4, 200, _SCANNED, language="de", colours=96,
    ),
    Example(
        "letter.jpg", "A circular letter in two columns: a poor copy, skewed, specked and shone through.",
        "letter", 12, 300,
        Wear(
            skew=1.7, grain=44, bleed=0.16, blur=1.1, noise=7, contrast=0.7, speckle=0.2, shadow=0.2, paper=18,
            resolution=150,
        ),
    ),
    Example(
        "report.pdf", "Three pages of an annual report: a scan without any text layer, with a table and a chart.",
        "report", 8, 200, Wear(skew=-0.5, grain=30, blur=0.6, speckle=0.02, threshold=150), pages=3,
    ),
    Example(
        "form.png", "An application form filled in by hand in blue, with ticks, a signature and a seal.",
        "form", 9, 200, _SCANNED, colours=96,
    ),
)  # fmt: skip


def drawn(example: Example) -> list[Sample]:
    """The pages of one example."""
    return [
        make(
            example.kind, seed=example.seed, language=example.language, quality="scan",
            dpi=example.dpi, wear=example.wear, number=number, of=example.pages,
        )
        for number in range(1, example.pages + 1)
    ]  # fmt: skip


def few_colours(sample: Sample, count: int) -> Sample:
    """The page with a palette of at most `count` colours."""
    flat = sample.image.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return Sample(flat, sample.truth)


def write(folder: Path) -> None:
    """Write every example, its truth beside it in truth/, and a README with a line for each."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    lines = [
        "# Examples",
        "",
        "Drawn by `make examples`; nobody in them exists. What each says, and where, is in `truth/`.",
        "",
    ]
    for example in EXAMPLES:
        pages = drawn(example)
        if example.colours:
            pages = [few_colours(page, example.colours) for page in pages]
        path = Path(example.name)
        made = files.jpeg(pages[0], quality=72) if path.suffix == ".jpg" else files.encoded(pages, path.suffix[1:])
        (folder / path).write_bytes(made)
        truth = {**files.truth_json(pages), "image": example.name}
        (folder / "truth" / f"{path.stem}.json").write_text(
            json.dumps(truth, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        lines.append(f"- [`{example.name}`]({example.name}): {example.says}")
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write the examples to the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m cloister.samples.examples", description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args(arguments).folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
