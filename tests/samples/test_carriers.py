"""Whole files: a born-digital page's text layer is its truth, and each canary is found at its surface."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from cloister import samples
from cloister.samples import carriers

TOKEN = "AMBER FALCON {}"


def layer(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as pdf:
        return pdf[0].get_textpage().get_text_range()


@pytest.mark.parametrize("language", samples.PAPER_LANGUAGES)
@pytest.mark.parametrize("kind", carriers.TYPED)
def test_a_born_digital_page_s_own_text_layer_equals_its_truth(kind, language):
    made = carriers.document(kind, seed=4, language=language, typed=True)
    assert layer(made.data).split() == made.truth.text.split()


def test_a_born_digital_page_shows_what_it_says():
    made = carriers.document("payslip", seed=4, language="de", typed=True)
    with pypdfium2.PdfDocument(made.data) as pdf:
        image = pdf[0].render(scale=4).to_pil().convert("L")
    assert image.size == pytest.approx((made.truth.width, made.truth.height), abs=2)
    for word in made.truth.words:
        x0, y0, x1, y1 = (round(v) for v in word.box)
        low, high = image.crop((x0 - 1, y0 - 1, x1 + 1, y1 + 1)).getextrema()
        assert high - low > 60, word.text


def planted(suffix: str, **options):
    tokens = {name: TOKEN.format(name.upper()) for name in carriers.surfaces(suffix, typed=options.get("typed", False))}
    made = carriers.document("hr_letter", seed=2, suffix=suffix, canaries=tokens, **options)
    assert {p.surface: p.text for p in made.planted} == tokens
    return made, tokens


@pytest.mark.parametrize("typed", [False, True])
def test_every_canary_of_a_pdf_is_found_at_its_surface(typed):
    made, tokens = planted("pdf", typed=typed)
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert not pdf.check_pdf_syntax()
        page = pdf.pages[0]
        assert bytes(pdf.attachments["note.txt"].get_file().read_bytes()).decode() == tokens["attachment"]
        assert tokens["annotation"] in [str(note.get("/Contents", "")) for note in page.Annots]
        field = pdf.Root.AcroForm.Fields[0]
        assert (str(field.T), str(field.V)) == ("reference", tokens["form_field"])
        assert tokens["xmp"] in pdf.Root.Metadata.read_bytes().decode()
        if not typed:
            picture = Image.open(io.BytesIO(page.Resources.XObject["/Scan"].read_raw_bytes()))
            assert picture.getexif()[0x010E] == tokens["exif"]
    assert tokens["hidden_text"].split()[-1] in layer(made.data)
    assert tokens["file_name"] in made.name
    with pypdfium2.PdfDocument(made.data) as pdf:
        _seen(made, tokens, pdf[0].render(scale=made.truth.dpi / 72).to_pil())


@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff"])
@pytest.mark.parametrize("quality", ["clean", "scan"])
def test_every_canary_of_a_picture_is_found_at_its_surface(suffix, quality):
    made, tokens = planted(suffix, quality=quality)
    image = Image.open(io.BytesIO(made.data))
    if suffix != "tiff":
        assert image.getexif()[0x010E] == tokens["exif"]
        held = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
        assert tokens["xmp"] in (held.decode() if isinstance(held, bytes) else held)
    assert tokens["file_name"] in made.name
    _seen(made, tokens, image)


def _seen(made, tokens, image):
    """The printed token is truth and ink; the code is read where it is said to be."""
    boxes = {p.surface: p.box for p in made.planted}
    assert tokens["pixels"] in made.truth.text
    assert tokens["qr_code"] not in made.truth.text
    x0, y0, x1, y1 = (round(v) for v in boxes["pixels"])
    low, high = image.convert("L").crop((x0, y0, x1, y1)).getextrema()
    assert high - low > 100
    (code,) = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == tokens["qr_code"]
    x0, y0, x1, y1 = boxes["qr_code"]
    middle = (code.position.top_left.x + code.position.bottom_right.x) / 2
    assert x0 < middle < x1
    assert y0 < (code.position.top_left.y + code.position.bottom_right.y) / 2 < y1


@pytest.mark.parametrize("kind", samples.PAPERS)
def test_every_paper_carries_a_code_that_is_read(kind):
    made = carriers.document(kind, seed=6, suffix="png", canaries={"qr_code": "TOKEN 7", "pixels": "TOKEN 8"})
    image = Image.open(io.BytesIO(made.data)).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)] == ["TOKEN 7"]


def test_without_canaries_nothing_is_planted():
    made = carriers.document("contract", seed=2, dpi=80)
    assert made.planted == ()
    assert not layer(made.data).strip()
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}


def test_a_surface_that_a_format_does_not_have_is_refused():
    for suffix, typed, surface in (("png", False, "attachment"), ("tiff", False, "exif"), ("pdf", True, "exif")):
        with pytest.raises(ValueError, match="holds no"):
            carriers.document("payslip", seed=1, suffix=suffix, typed=typed, canaries={surface: "A"})
    with pytest.raises(ValueError, match="born-digital"):
        carriers.document("passport", seed=1, typed=True)
    with pytest.raises(ValueError, match="formats are"):
        carriers.document("payslip", seed=1, suffix="gif")
