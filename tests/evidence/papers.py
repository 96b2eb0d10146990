"""Papers that are high, in every condition that they are tried in; and what was read of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from PIL import Image, ImageDraw

from cloister import samples
from cloister.samples import Sample, Wear, files
from cloister.samples.commission import Commission
from cloister.samples.quality import wear_of
from cloister.samples.typefaces import HANDS, Face

LANGUAGES = ("en", "de", "fr", "es")
"""The languages that there are vocabularies for."""
CHECKED = ("passport", "id_card")
WORDED = ("payslip", "hr_letter", "medical_form", "lab_report")
HIGH = CHECKED + WORDED
READABLE = ("clean", "150dpi", "fax")
HARD = ("fax", "75dpi", "blur", "rotated", "handwritten")
DPI = 200


def paper(kind: str, language: str, condition: str, seed: int) -> bytes:
    """A page as a PNG file."""
    if condition == "handwritten":
        return files.png(by_hand(samples.make(kind, seed=seed, language=language, dpi=DPI), seed))
    return files.png(samples.make(kind, seed=seed, language=language, dpi=DPI, wear=wear(condition, seed)))


def wear(condition: str, seed: int) -> Wear:
    """The wear of a condition; each page's own, as its seed draws it."""
    rng = Random(f"{condition}/{seed}")
    scan = wear_of("scan", seed)
    match condition:
        case "clean":
            return Wear()
        case "150dpi":
            return replace(scan, resolution=150)
        case "fax":
            return wear_of("fax", seed)
        case "75dpi":
            return replace(scan, resolution=75)
        case "blur":
            return replace(scan, blur=rng.uniform(2.5, 4.5))
        case "rotated":
            return replace(scan, rotation=rng.choice((90, 180, 270)), skew=rng.uniform(-4, 4))
        case _:
            raise ValueError(condition)


def by_hand(sample: Sample, seed: int) -> Sample:
    """The page with every line but machine-readable ones written again by hand, where it stood."""
    rng = Random(f"hand/{seed}")
    family, image = rng.choice(HANDS), Image.new("L", sample.image.size, 255)
    pen = ImageDraw.Draw(image)
    for block in sample.truth.blocks:
        for line in block.lines:
            x0, y0, x1, y1 = line.box
            if block.kind == "mrz":
                corner = (int(x0) - 2, int(y0) - 2)
                image.paste(sample.image.convert("L").crop((*corner, int(x1) + 3, int(y1) + 3)), corner)
                continue
            face = Face(family, "regular", round((y1 - y0) * rng.uniform(1.0, 1.3), 1))
            for word in line.words:
                tile = face.tile(word.text)
                left = int(word.box[0])
                width = max(4, int((word.box[2] - word.box[0]) * 1.05))
                mask = tile.mask if tile.mask.width <= width else tile.mask.resize((width, tile.mask.height))
                pen.bitmap((left, int(y1) + tile.top + rng.randint(-1, 1)), mask, fill=rng.randint(20, 90))
    return Sample(image, sample.truth)


def true_text(kind: str, language: str, seed: int) -> str:
    """What a page says, without drawing its wear."""
    drawn = samples.drawing(Commission(kind, seed, language, DPI, 1, 1))
    return "\n\n".join("\n".join(line.text for line in block.lines) for block in drawn.sheet.blocks)
