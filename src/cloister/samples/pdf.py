"""PDF pages of samples: scans and born-digital pages, and the places in a PDF where a token can lie.

Written by hand, object by object: no date, no name and no chance goes in, so the same sample gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import ImageChops, ImageFont

from cloister.samples import typefaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from cloister.samples.sheet import Colour
    from cloister.samples.typed import Shape, TypedSheet


@dataclass(slots=True)
class Book:
    """A PDF in the making: objects by number, the first of them the catalogue."""

    bodies: list[bytes] = field(default_factory=lambda: [b"", b""])

    def add(self, body: str | bytes) -> int:
        """A new object; gives its number."""
        self.bodies.append(body.encode() if isinstance(body, str) else body)
        return len(self.bodies)

    def stream(self, content: bytes, head: str = "", *, packed: bool = True) -> int:
        """A new stream, compressed where it is not already."""
        if packed:
            content, head = zlib.compress(content, 9), head + "/Filter /FlateDecode "
        return self.add(stream(head, content))

    def closed(self, page: int, catalogue: str = "") -> bytes:
        """The file."""
        self.bodies[0] = f"<< /Type /Catalog /Pages 2 0 R {catalogue}>>".encode()
        self.bodies[1] = f"<< /Type /Pages /Count 1 /Kids [ {page} 0 R ] >>".encode()
        return joined(self.bodies, "1.7")


def stream(head: str, content: bytes) -> bytes:
    """The body of a stream, whose content is encoded as its head says."""
    return f"<< {head}/Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def joined(bodies: Sequence[bytes], version: str) -> bytes:
    """A file of these objects, the first of them the catalogue."""
    out, starts = bytearray(f"%PDF-{version}\n%".encode() + b"\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    mark, table = hashlib.sha256(out).hexdigest()[:32], len(out)
    out += f"xref\n0 {len(starts) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{start:010d} 00000 n \n".encode() for start in starts)
    out += f"trailer\n<< /Size {len(starts) + 1} /Root 1 0 R /ID [ <{mark}> <{mark}> ] >>\n".encode()
    return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())


def string(text: str) -> str:
    """A text string: as it is where it is plain ASCII, else in UTF-16."""
    if text.isascii():
        return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex().upper()}>"


def set_text(book: Book, sheet: TypedSheet) -> tuple[bytes, str]:
    """What draws a typed sheet, and the resources that it names."""
    scale = 72 / sheet.dpi
    fonts: dict[str, set[str]] = {}
    lines = [_shape(shape, sheet.height, scale) for shape in sheet.shapes]
    bands, picture = "", _picture(sheet.image)
    if picture is not None:
        (x0, y0, x1, y1), image = picture
        head = f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
        colours = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
        mask = " ".join(["255 255"] * len(image.getbands()))
        number = book.stream(image.tobytes(), f"{head}/ColorSpace {colours} /BitsPerComponent 8 /Mask [ {mask} ] ")
        bands = f"/XObject << /Picture {number} 0 R >> "
        place = ((x1 - x0) * scale, (y1 - y0) * scale, x0 * scale, (sheet.height - y1) * scale)
        lines.append("q {:.2f} 0 0 {:.2f} {:.2f} {:.2f} cm /Picture Do Q".format(*place))
    for written in sheet.written:
        lines.append(f"BT {_colour(written.ink)} rg")
        for i, (text, face, x) in enumerate(written.pens):
            shown = text if i == len(written.pens) - 1 else text + " "
            name = typefaces.named(face, text)
            fonts.setdefault(name, set()).update(shown)
            at = f"1 0 0 1 {x * scale:.2f} {(sheet.height - written.baseline) * scale:.2f} Tm"
            spread = f"{face.tracking * scale:.3f} Tc"
            codes = shown.encode("utf-16-be").hex().upper()
            lines.append(f"/{_resource(name)} {face.size * scale:.2f} Tf {spread} {at} <{codes}> Tj")
        lines.append("ET")
    entries = " ".join(f"/{_resource(name)} {_font(book, name, fonts[name])} 0 R" for name in sorted(fonts))
    return "\n".join(lines).encode(), f"{bands}/Font << {entries} >> "


def _resource(name: str) -> str:
    return name.replace("-", "").title()


def _colour(ink: Colour) -> str:
    red, green, blue = (ink, ink, ink) if isinstance(ink, int) else ink
    return f"{red / 255:.3f} {green / 255:.3f} {blue / 255:.3f}"


def _shape(shape: Shape, height: int, scale: float) -> str:
    x0, y0, x1, y1 = shape.box
    if shape.width and not shape.outline:
        ends = f"{x0 * scale:.2f} {(height - y0) * scale:.2f} m {x1 * scale:.2f} {(height - y1) * scale:.2f} l S"
        return f"{_colour(shape.ink)} RG {shape.width * scale:.2f} w {ends}"
    if shape.outline:
        box = f"{x0 * scale:.2f} {(height - y1) * scale:.2f} {(x1 - x0) * scale:.2f} {(y1 - y0) * scale:.2f} re S"
        return f"{_colour(shape.ink)} RG {shape.width * scale:.2f} w {box}"
    # A filled box holds its last pixel too.
    sides = f"{(x1 - x0 + 1) * scale:.3f} {(y1 - y0 + 1) * scale:.3f}"
    return f"{_colour(shape.ink)} rg {x0 * scale:.3f} {(height - y1 - 1) * scale:.3f} {sides} re f"


def _picture(image: Image.Image) -> tuple[tuple[int, int, int, int], Image.Image] | None:
    """What is drawn as a picture, cut to its ink; white shows what lies below."""
    box = ImageChops.invert(image).getbbox()
    return None if box is None else (box, image.crop(box))


def _font(book: Book, name: str, used: set[str]) -> int:
    """A composite font whose codes are UTF-16 (ISO 32000-1, 9.7): the file, its widths, its glyphs, its meaning."""
    data = typefaces.font_bytes(name)
    glyphs = _glyphs(data)
    ruler = ImageFont.truetype(io.BytesIO(data), 1000, layout_engine=ImageFont.Layout.BASIC)
    codes = sorted(ord(character) for character in used)
    table = bytearray(2 * (max(codes) + 1))
    for code in codes:
        table[2 * code : 2 * code + 2] = glyphs.get(code, 0).to_bytes(2, "big")
    widths = " ".join(f"{code} [ {ruler.getlength(chr(code)):.0f} ]" for code in codes)
    title = "CloisterSamples" + _resource(name)
    file = book.stream(data, f"/Length1 {len(data)} ")
    descriptor = book.add(
        f"<< /Type /FontDescriptor /FontName /{title} /Flags 4 /FontBBox [ -500 -300 1500 1100 ] /ItalicAngle 0 "
        f"/Ascent 900 /Descent -250 /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>"
    )
    own = book.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{title} /CIDSystemInfo << /Registry (Adobe) "
        f"/Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /DW 1000 /W [ {widths} ] "
        f"/CIDToGIDMap {book.stream(bytes(table))} 0 R >>"
    )
    meaning = book.stream(_meaning(codes))
    return book.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{title} /Encoding /Identity-H /DescendantFonts [ {own} 0 R ] "
        f"/ToUnicode {meaning} 0 R >>"
    )


def _meaning(codes: list[int]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CMapName /Cloister def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for start in range(0, len(codes), 100):
        some = codes[start : start + 100]
        lines.append(f"{len(some)} beginbfchar")
        lines += [f"<{code:04X}> <{code:04X}>" for code in some]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()


def _glyphs(data: bytes) -> dict[int, int]:
    """The glyph of each character: the format 4 subtable of `cmap`, which all shipped fonts have."""

    def number(at: int, size: int = 2) -> int:
        return int.from_bytes(data[at : at + size], "big")

    tables = {data[at : at + 4]: number(at + 8, 4) for at in range(12, 12 + 16 * number(4), 16)}
    start = tables[b"cmap"]
    offsets = [start + number(start + 8 + 8 * i, 4) for i in range(number(start + 2))]
    at = next(offset for offset in offsets if number(offset) == 4)
    count = number(at + 6) // 2
    ends, firsts = at + 14, at + 16 + 2 * count
    deltas, ranges = firsts + 2 * count, firsts + 4 * count
    found: dict[int, int] = {}
    for i in range(count):
        first, last, delta, jump = (number(base + 2 * i) for base in (firsts, ends, deltas, ranges))
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code if jump == 0 else number(ranges + 2 * i + jump + 2 * (code - first))
            if glyph or jump == 0:
                found[code] = (glyph + delta) & 0xFFFF
    return found
