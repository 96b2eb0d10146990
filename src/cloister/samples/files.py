"""Samples as files: PNG, JPEG, TIFF, image-only PDF, and sets of pages with their truth.

Same sample, same bytes: no date, no name and no chance goes into a file.
"""

from __future__ import annotations

import io
import json
import zlib
from typing import TYPE_CHECKING, Any

from cloister.samples.pdf import joined, stream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

    from cloister.samples import Sample

FORMATS = ("png", "jpg", "tiff", "pdf")


def one_bit(image: Image.Image) -> bool:
    """Whether a page is pure black and white, and so worth storing with one bit a pixel."""
    return image.mode == "L" and sum(image.histogram()[1:255]) == 0


def png(sample: Sample, **extra: Any) -> bytes:  # noqa: ANN401 - what else Pillow is to lay into the file
    """The page as PNG, losslessly, with its resolution."""
    held = io.BytesIO()
    image = sample.image.convert("1") if one_bit(sample.image) else sample.image
    image.save(held, "PNG", dpi=(sample.truth.dpi, sample.truth.dpi), compress_level=5, **extra)
    return held.getvalue()


def jpeg(sample: Sample, *, quality: int = 85, **extra: Any) -> bytes:  # noqa: ANN401 - as above
    """The page as baseline JPEG with its resolution."""
    held = io.BytesIO()
    dots = round(sample.truth.dpi)
    sample.image.save(held, "JPEG", quality=quality, dpi=(dots, dots), **extra)
    return held.getvalue()


def tiff(samples: Sequence[Sample]) -> bytes:
    """All pages in one TIFF: fax group 4 where every page is black and white, LZW otherwise."""
    held = io.BytesIO()
    bits = all(one_bit(sample.image) for sample in samples)
    images = [sample.image.convert("1") if bits else sample.image for sample in samples]
    images[0].save(
        held,
        "TIFF",
        compression="group4" if bits else "tiff_lzw",
        save_all=True,
        append_images=images[1:],
        dpi=(samples[0].truth.dpi, samples[0].truth.dpi),
    )
    return held.getvalue()


def pdf(samples: Sequence[Sample], *, quality: int = 75) -> bytes:
    """All pages as pictures in one PDF 1.4 without any text, as a scanner makes it."""
    bodies: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(samples)))
    bodies.append(f"<< /Type /Pages /Count {len(samples)} /Kids [ {kids} ] >>".encode())
    for i, sample in enumerate(samples):
        width, height = (side * 72 / sample.truth.dpi for side in sample.image.size)
        first = 3 + 3 * i
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {width:.2f} {height:.2f} ] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /Scan {first + 2} 0 R >> >> >>".encode()
        )
        bodies.append(stream("", f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q".encode()))
        bodies.append(stream(*picture(sample, quality)))
    return joined(bodies, "1.4")


def picture(sample: Sample, quality: int = 75, **extra: Any) -> tuple[str, bytes]:  # noqa: ANN401 - as above
    """The page as a picture in a PDF: the head of its stream, and the content. Only a JPEG holds anything `extra`."""
    image = sample.image
    head = f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
    if one_bit(image) and not extra:
        head += "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode "
        return head, zlib.compress(image.convert("1").tobytes(), 9)
    space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
    head += f"/ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode "
    return head, jpeg(sample, quality=quality, **extra)


def truth_json(samples: Sequence[Sample]) -> dict[str, Any]:
    """The truth of one file.

    A file with several pages has the whole text and all lines at the top, and each page's own truth in "pages".
    """
    truths = [sample.truth.as_json() for sample in samples]
    if len(truths) == 1:
        return truths[0]
    whole = {key: truths[0][key] for key in ("kind", "language", "quality", "seed", "fields")}
    lines = [
        {"text": line["text"], "box": line["box"], "page": number}
        for number, truth in enumerate(truths, start=1)
        for line in truth["lines"]
    ]
    text = "\f".join(truth["text"] for truth in truths)
    return {"text": text, "lines": lines, "words": None, **whole, "pages": truths}


def encoded(samples: Sequence[Sample], suffix: str) -> bytes:
    """One file of the given format; PNG and JPEG hold one page."""
    match suffix:
        case "png":
            return png(samples[0])
        case "jpg":
            return jpeg(samples[0])
        case "tiff":
            return tiff(samples)
        case "pdf":
            return pdf(samples)
        case _:
            raise ValueError("formats are: " + ", ".join(FORMATS))


def write(folder: Path, name: str, samples: Sequence[Sample], suffix: str = "png") -> Path:
    """Add one file to a set: pages/NAME.SUFFIX and truth/NAME.json. Returns the page's path."""
    pages, truths = folder / "pages", folder / "truth"
    pages.mkdir(parents=True, exist_ok=True)
    truths.mkdir(parents=True, exist_ok=True)
    path = pages / f"{name}.{suffix}"
    path.write_bytes(encoded(samples, suffix))
    truth = {**truth_json(samples), "image": f"pages/{path.name}"}
    (truths / f"{name}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=None) + "\n", encoding="utf-8")
    return path
