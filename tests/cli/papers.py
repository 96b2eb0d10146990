"""Small real documents for tests, made on the spot."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from cloister import samples

WORDS = "Cloister reads this sentence"


def page(text: str = WORDS, *, size: tuple[int, int] = (1240, 700), points: int = 60) -> Image.Image:
    """A white page with one line of text."""
    image = Image.new("L", size, 255)
    font = ImageFont.load_default(points)
    ImageDraw.Draw(image).text((80, 120), text, font=font, fill=0)
    return image


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    """The image as a file of this kind."""
    held = io.BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def png(text: str = WORDS) -> bytes:
    """A PNG page."""
    return encoded(page(text), "PNG", dpi=(150, 150))


def pdf(pages: int = 1, *, text: str = WORDS, password: str = "") -> bytes:
    """A scanned PDF, encrypted if there is a password."""
    held = io.BytesIO()
    first, *rest = (page(f"{text} {number}") for number in range(1, pages + 1))
    first.save(held, "PDF", resolution=150, save_all=True, append_images=rest)
    if not password:
        return held.getvalue()
    sealed = io.BytesIO()
    with pikepdf.open(held) as opened:
        opened.save(sealed, encryption=pikepdf.Encryption(owner=password, user=password))
    return sealed.getvalue()


def born_digital(text: str, *, pages: int = 1) -> bytes:
    """A PDF whose text is text, in a base font."""
    held, made = io.BytesIO(), pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    shown = text.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    for _ in range(pages):
        leaf = made.add_blank_page(page_size=(595, 842))
        leaf.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        leaf.Contents = made.make_stream(b"BT /F1 14 Tf 72 700 Td (" + shown + b") Tj ET")
    made.save(held)
    return held.getvalue()


def no_pages() -> bytes:
    """A PDF without a page."""
    held, made = io.BytesIO(), pikepdf.new()
    made.save(held)
    return held.getvalue()


def many_pages(count: int) -> bytes:
    """A PDF that says it has `count` pages; they are all one blank page."""
    made = pikepdf.new()
    leaf = made.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 72, 72], Resources=pikepdf.Dictionary())
    )
    tree = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=count, Kids=[]))
    tree.Kids = pikepdf.Array([leaf] * count)
    leaf.Parent = tree
    made.Root.Pages = tree
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def sample(kind: str, seed: int = 1, **how: object) -> samples.Sample:
    """A generated document."""
    return samples.make(kind, seed=seed, **how)


def heic() -> bytes:
    """A HEIC page; no permissively licensed library writes HEVC, so it is kept as a file (see its folder's README)."""
    return (Path(__file__).parent / "page.heic").read_bytes()
