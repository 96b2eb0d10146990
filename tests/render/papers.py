"""Documents for tests of the render jail, made on the spot: pictures of every sort, PDFs with every sort of text."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageFont

SENTENCES = (
    "The keeper of the lighthouse counted the lamps every evening",
    "and wrote their number into a book that nobody had asked for.",
    "When the harbour froze in January the book was read at last,",
    "and it turned out that one lamp had been missing for years.",
    "Nothing was said about it, for the winter was long enough.",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
SIZE = 595, 842


def picture(size: tuple[int, int] = (620, 350), *, text: str = "Cloister reads", points: int = 60) -> Image.Image:
    """A white page with one line of text, in grey."""
    image = Image.new("L", size, 255)
    font = ImageFont.load_default(points)
    ImageDraw.Draw(image).text((30, 60), text, font=font, fill=0)
    return image


def scan(dpi: int = 150) -> Image.Image:
    """A page of `SIZE` with `SENTENCES`, as a scanner gives it."""
    width, height = (round(side / 72 * dpi) for side in SIZE)
    image = Image.new("L", (width, height), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(dpi * 14 / 72)
    for at, sentence in enumerate(SENTENCES):
        draw.text((72 / 72 * dpi, (100 + 24 * at) / 72 * dpi), sentence, font=font, fill=0)
    return image


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    """The picture as a file of this kind."""
    held = io.BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def every_kind() -> dict[str, bytes]:
    """One file of each kind of picture and coding that is read; HEIC cannot be written with what is installed."""
    image = picture()
    colour = Image.merge("RGB", (image, image, image.point(lambda value: 255 - value // 3)))
    shades = image.point(lambda value: value // 2 + 60)
    return {
        "png": encoded(image, "PNG"),
        "png 1 bit": encoded(image.convert("1"), "PNG"),
        "png palette": encoded(colour.convert("P"), "PNG"),
        "png 16 bits": encoded(image.convert("I;16").point(lambda value: value * 257), "PNG"),
        "png alpha": encoded(see_through(colour), "PNG"),
        "png grey alpha": encoded(see_through(colour).convert("LA"), "PNG"),
        "jpeg": encoded(colour, "JPEG", quality=90),
        "jpeg grey": encoded(shades, "JPEG", quality=90),
        "jpeg progressive": encoded(colour, "JPEG", quality=90, progressive=True),
        "jpeg cmyk": encoded(colour.convert("CMYK"), "JPEG", quality=90),
        "tiff": encoded(colour, "TIFF"),
        "tiff group 4": encoded(image.convert("1"), "TIFF", compression="group4"),
        "tiff lzw": encoded(colour, "TIFF", compression="tiff_lzw"),
        "tiff jpeg": encoded(colour, "TIFF", compression="jpeg"),
        "tiff deflate": encoded(shades, "TIFF", compression="tiff_deflate"),
        "tiff cmyk": encoded(colour.convert("CMYK"), "TIFF"),
        "webp": encoded(colour, "WEBP", quality=90),
        "webp lossless": encoded(colour, "WEBP", lossless=True),
        "bmp": encoded(colour, "BMP"),
        "bmp 1 bit": encoded(image.convert("1"), "BMP"),
    }


def see_through(colour: Image.Image) -> Image.Image:
    """The picture with a transparent upper half, which is black underneath."""
    alpha = Image.new("L", colour.size, 255)
    alpha.paste(0, (0, 0, colour.width, colour.height // 2))
    made = colour.copy()
    made.paste((0, 0, 0), (0, 0, colour.width, colour.height // 2))
    made.putalpha(alpha)
    return made


class Sheet:
    """One PDF page in the making: content is added in the order in which it is painted."""

    def __init__(self, *, size: tuple[float, float] = SIZE, rotate: int = 0) -> None:
        self.pdf = pikepdf.new()
        self.page = self.pdf.add_blank_page(page_size=size)
        self.page.Rotate = rotate
        self._content = b""
        self._fonts = Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        self._pictures = Dictionary()

    def paint(self, operators: str) -> Sheet:
        """Add raw content."""
        self._content += operators.encode("latin-1") + b"\n"
        return self

    def text(
        self,
        lines: Sequence[str] = SENTENCES,
        *,
        x: float = 72,
        y: float = 728,
        size: float = 14,
        setup: str = "",
        font: str = "F",
    ) -> Sheet:
        """Add lines of text; `setup` goes before them, such as `3 Tr` or `1 g`."""
        for at, line in enumerate(lines):
            shown = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            self.paint(f"q BT {setup} /{font} {size} Tf 1 0 0 1 {x} {y - 24 * at} Tm ({shown}) Tj ET Q")
        return self

    def photo(self, image: Image.Image, box: tuple[float, float, float, float] = (0, 0, *SIZE)) -> Sheet:
        """Add a picture that fills a box."""
        name = f"/P{len(self._pictures)}"
        held = Stream(self.pdf, image.tobytes())
        held.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=image.width,
            Height=image.height,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
        )
        self._pictures[name] = held
        x0, y0, x1, y1 = box
        return self.paint(f"q {x1 - x0} 0 0 {y1 - y0} {x0} {y0} cm {name} Do Q")

    def font(self, name: str, shown: dict[int, str]) -> Sheet:
        """Add Helvetica with a table that says what its codes mean."""
        lines = "\n".join(
            f"<{code:02x}> <{text.encode('utf-16-be', 'surrogatepass').hex()}>" for code, text in shown.items()
        )
        table = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange {len(shown)} beginbfchar\n{lines}\nendbfchar\n"
            "endcmap end end"
        )
        self._fonts[f"/{name}"] = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
            ToUnicode=Stream(self.pdf, table.encode()),
        )
        return self

    def foreign(self, text: str, *, y: float = 600) -> Sheet:
        """Add Chinese text in a font that is not in the file, as old software of East Asia wrote it."""
        order = Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=4)
        looks = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/STSong-Light"),
            Flags=6,
            Ascent=880,
            Descent=-120,
            CapHeight=700,
            StemV=80,
            ItalicAngle=0,
            FontBBox=[0, -120, 1000, 880],
        )
        inner = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType0,
            BaseFont=Name("/STSong-Light"),
            CIDSystemInfo=order,
            DW=1000,
            FontDescriptor=looks,
        )
        self._fonts["/C"] = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/STSong-Light"),
            Encoding=Name("/UniGB-UCS2-H"),
            DescendantFonts=Array([inner]),
        )
        return self.paint(f"BT /C 18 Tf 72 {y} Td <{text.encode('utf-16-be').hex()}> Tj ET")

    def note(self, subtype: str, box: tuple[float, float, float, float], text: str) -> Sheet:
        """Add an annotation that shows text."""
        look = Stream(self.pdf, f"BT /F 12 Tf 4 6 Td ({text}) Tj ET".encode())
        width, height = box[2] - box[0], box[3] - box[1]
        look.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, width, height], Resources=Dictionary(Font=self._fonts)
        )
        note = Dictionary(
            Type=Name.Annot, Subtype=Name(subtype), Rect=list(box), AP=Dictionary(N=self.pdf.make_indirect(look)), F=4
        )
        if subtype == "/Widget":
            note.update(Dictionary(FT=Name.Tx, T=pikepdf.String("field"), V=pikepdf.String(text)))
        held = self.pdf.make_indirect(note)
        if subtype == "/Widget":
            self.pdf.Root.AcroForm = Dictionary(Fields=Array([held]), DR=Dictionary(Font=self._fonts))
        self.page.Annots = Array([*self.page.get("/Annots", []), held])
        return self

    def done(self, **how: object) -> bytes:
        """The file."""
        self.page.Resources = Dictionary(Font=self._fonts, XObject=self._pictures)
        self.page.Contents = Stream(self.pdf, self._content)
        held = io.BytesIO()
        self.pdf.save(held, **how)
        return held.getvalue()


def joined(*files: bytes, **how: object) -> bytes:
    """One PDF with the pages of several."""
    made = pikepdf.new()
    for file in files:
        made.pages.extend(pikepdf.open(io.BytesIO(file)).pages)
    held = io.BytesIO()
    made.save(held, **how)
    return held.getvalue()
