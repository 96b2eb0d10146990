"""Whole files with canaries: a paper as PDF, PNG, JPEG or TIFF, and a token at each surface that is asked for.

    >>> from cloister.samples import carriers
    >>> made = carriers.document("payslip", seed=3, suffix="pdf", canaries={"xmp": "AMBER FALCON"})
    >>> [(planted.surface, planted.where) for planted in made.planted]
    [('xmp', 'catalogue /Metadata')]

A canary for the file name stands in the document's name, which the caller gives to the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from PIL import Image, PngImagePlugin

from cloister.samples import Sample, drawing, files, finished, marks, pdf
from cloister.samples.commission import Commission
from cloister.samples.typed import TypedSheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloister.document import Box
    from cloister.samples.truth import Truth

_DRAWN = ("pixels", "qr_code", "file_name")
SURFACES = {
    "pdf": (*_DRAWN, "hidden_text", "xmp", "exif", "attachment", "annotation", "form_field"),
    "png": (*_DRAWN, "xmp", "exif"),
    "jpg": (*_DRAWN, "xmp", "exif"),
    "tiff": _DRAWN,
}
"""Where each format can hold a token. A born-digital PDF has no EXIF: no camera or scanner made it."""
TYPED = ("payslip", "invoice", "receipt", "contract", "medical_form", "lab_report", "bank_statement", "hr_letter")
"""The papers that come from a program as well as from a printer; passports and cards do not."""
_ATTACHED = "note.txt"
_DESCRIPTION = 0x010E
_TYPED_DPI = 288


@dataclass(frozen=True, slots=True)
class Planted:
    """A token and where it lies; `box` is in pixels of the truth's page, where the surface is seen."""

    surface: str
    text: str
    where: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name without a suffix, its bytes, what it says, and what was planted in it."""

    name: str
    suffix: str
    data: bytes
    truth: Truth
    planted: tuple[Planted, ...]


def surfaces(suffix: str, *, typed: bool = False) -> tuple[str, ...]:
    """Where a file of this format can hold a token."""
    if suffix not in SURFACES:
        raise ValueError("formats are: " + ", ".join(SURFACES))
    return tuple(name for name in SURFACES[suffix] if not typed or name != "exif")


def document(
    kind: str,
    *,
    seed: int,
    language: str = "en",
    quality: str = "clean",
    dpi: int = 200,
    suffix: str = "pdf",
    typed: bool = False,
    canaries: Mapping[str, str] | None = None,
) -> Document:
    """One paper as a file. `typed` gives a born-digital PDF, whose own text layer is its truth.

    ValueError on an unknown kind, language, quality or format, and on a surface that the format does not have.
    """
    tokens = dict(canaries or {})
    allowed = surfaces(suffix, typed=typed)
    if unknown := [name for name in tokens if name not in allowed]:
        raise ValueError(f"a {suffix} file holds no {unknown[0]}: " + ", ".join(allowed))
    if typed and (suffix != "pdf" or kind not in TYPED):
        raise ValueError("born-digital are, as pdf: " + ", ".join(TYPED))
    commission = Commission(kind, seed, language, _TYPED_DPI if typed else dpi, typed=typed)
    drawn = drawing(commission)
    if "pixels" in tokens or "qr_code" in tokens:
        marks.plant(drawn.sheet, tokens.get("pixels", ""), tokens.get("qr_code", ""))
    sample = finished(drawn, commission, "clean" if typed else quality)
    places = {block.kind: block.lines[0].box for block in sample.truth.blocks if block.kind in {marks.PIXELS, marks.QR}}
    truth = replace(sample.truth, blocks=tuple(block for block in sample.truth.blocks if block.kind != marks.QR))
    name = "-".join((kind, language, "typed" if typed else quality, f"{seed:06d}"))
    if "file_name" in tokens:
        name = f"{name}-{tokens['file_name'].replace('/', '_')}"
    sheet = drawn.sheet if isinstance(drawn.sheet, TypedSheet) else None
    data = _encoded(Sample(sample.image, truth), sheet, suffix, tokens)
    planted = tuple(
        Planted(surface, text, _where(surface, suffix), places.get(_BOXED.get(surface, "")))
        for surface, text in sorted(tokens.items())
    )
    return Document(name, suffix, data, truth, planted)


_BOXED = {"pixels": marks.PIXELS, "qr_code": marks.QR}


def _where(surface: str, suffix: str) -> str:
    """The place in the format's own words."""
    if surface in {"pixels", "qr_code"}:
        return "page 1"
    if surface == "file_name":
        return "file name"
    return {
        ("hidden_text", "pdf"): "page 1, text in render mode 3",
        ("xmp", "pdf"): "catalogue /Metadata",
        ("exif", "pdf"): "page 1, EXIF of the picture, ImageDescription",
        ("attachment", "pdf"): f"embedded file {_ATTACHED}",
        ("annotation", "pdf"): "page 1, /Annots, /Contents of a note",
        ("form_field", "pdf"): "/AcroForm, value of field `reference`",
        ("xmp", "png"): "iTXt XML:com.adobe.xmp",
        ("exif", "png"): "eXIf, ImageDescription",
        ("xmp", "jpg"): "APP1 XMP",
        ("exif", "jpg"): "APP1 EXIF, ImageDescription",
    }[surface, suffix]


def _encoded(sample: Sample, sheet: TypedSheet | None, suffix: str, tokens: Mapping[str, str]) -> bytes:
    match suffix:
        case "png":
            return _png(sample, tokens)
        case "jpg":
            return _jpeg(sample, tokens)
        case "tiff":
            return files.tiff([sample])
        case _:
            return _pdf(sample, sheet, tokens)


def _exif_of(tokens: Mapping[str, str]) -> dict[str, Any]:
    if "exif" not in tokens:
        return {}
    exif = Image.Exif()
    exif[_DESCRIPTION] = tokens["exif"]
    return {"exif": exif}


def _packet(text: str) -> bytes:
    """An XMP packet whose description is the text (ISO 16684-1)."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(text)}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def _png(sample: Sample, tokens: Mapping[str, str]) -> bytes:
    notes = PngImagePlugin.PngInfo()
    if "xmp" in tokens:
        notes.add_itxt("XML:com.adobe.xmp", _packet(tokens["xmp"]).decode())
    return files.png(sample, pnginfo=notes, **_exif_of(tokens))


def _jpeg(sample: Sample, tokens: Mapping[str, str]) -> bytes:
    xmp: dict[str, Any] = {"xmp": _packet(tokens["xmp"])} if "xmp" in tokens else {}
    return files.jpeg(sample, **_exif_of(tokens), **xmp)


def _pdf(sample: Sample, sheet: TypedSheet | None, tokens: Mapping[str, str]) -> bytes:
    book = pdf.Book()
    width, height = (side * 72 / sample.truth.dpi for side in sample.image.size)
    if sheet is not None:
        content, resources = pdf.set_text(book, sheet)
    else:
        picture = book.add(pdf.stream(*files.picture(sample, **_exif_of(tokens))))
        resources = f"/XObject << /Scan {picture} 0 R >> "
        content = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q".encode()
    if "hidden_text" in tokens:
        hidden = book.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        resources = _with_font(resources, f"/Hidden {hidden} 0 R")
        content += f"\nBT 3 Tr /Hidden 6 Tf 20 20 Td {pdf.string(tokens['hidden_text'])} Tj ET".encode()
    page = book.add("")
    catalogue, own = _extras(book, page, tokens)
    text = book.stream(content)
    book.bodies[page - 1] = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {width:.2f} {height:.2f} ] /Contents {text} 0 R "
        f"/Resources << {resources}>> {own}>>"
    ).encode()
    return book.closed(page, catalogue)


def _with_font(resources: str, entry: str) -> str:
    if "/Font << " in resources:
        return resources.replace("/Font << ", f"/Font << {entry} ")
    return f"{resources}/Font << {entry} >> "


def _extras(book: pdf.Book, page: int, tokens: Mapping[str, str]) -> tuple[str, str]:
    """What tokens add to the catalogue and to the page."""
    catalogue, notes = "", []
    if "xmp" in tokens:
        packet = book.stream(_packet(tokens["xmp"]), "/Type /Metadata /Subtype /XML ", packed=False)
        catalogue += f"/Metadata {packet} 0 R "
    if "attachment" in tokens:
        file = book.stream(tokens["attachment"].encode(), "/Type /EmbeddedFile /Subtype /text#2Fplain ")
        name = pdf.string(_ATTACHED)
        spec = book.add(f"<< /Type /Filespec /F {name} /UF {name} /EF << /F {file} 0 R >> >>")
        catalogue += f"/Names << /EmbeddedFiles << /Names [ {name} {spec} 0 R ] >> >> "
    if "annotation" in tokens:
        said = pdf.string(tokens["annotation"])
        notes.append(book.add(f"<< /Type /Annot /Subtype /Text /Rect [ 20 40 38 58 ] /F 2 /Contents {said} >>"))
    if "form_field" in tokens:
        helvetica = book.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        said = pdf.string(tokens["form_field"])
        notes.append(
            book.add(
                f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (reference) /V {said} /F 2 /P {page} 0 R "
                "/Rect [ 20 20 160 34 ] /DA (/Helv 8 Tf 0 g) >>"
            )
        )
        fonts = f"/DR << /Font << /Helv {helvetica} 0 R >> >>"
        catalogue += f"/AcroForm << /Fields [ {notes[-1]} 0 R ] {fonts} /DA (/Helv 8 Tf 0 g) >> "
    own = f"/Annots [ {' '.join(f'{note} 0 R' for note in notes)} ] " if notes else ""
    return catalogue, own
