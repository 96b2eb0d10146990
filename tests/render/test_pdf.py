"""PDF pages become pixels on the grid of their scans, drawn as a reader sees them; bad ones are refused."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from cloister.errors import (
    BadPageRange,
    Damaged,
    DamagedPage,
    Encrypted,
    NoPages,
    PageTooLarge,
    TooManyPages,
    WrongPassword,
)
from cloister.model import Mode, Raster, SourceKind
from cloister.ocr.options import Options
from tests.render import papers
from tests.render.jailed import only, rendered
from tests.render.papers import Sheet, joined, scan


def image_of(raster):
    return Image.frombytes("L", (raster.width, raster.height), raster.pixels.open())


@pytest.mark.parametrize("dpi", [75, 100, 150, 200, 300, 400])
def test_a_page_that_is_one_scan_keeps_its_pixels(renderer, dpi):
    raster, _ = only(renderer, Sheet().photo(scan(dpi)).done())
    assert (raster.width, raster.height) == scan(dpi).size
    assert raster.dpi == pytest.approx(dpi, rel=0.01)
    assert raster.pixels.open() == scan(dpi).tobytes()


@pytest.mark.parametrize(("dpi", "expected"), [(600, 300), (1000, 333.3)])
def test_a_finer_scan_is_halved_or_thirded(renderer, dpi, expected):
    raster, _ = only(renderer, Sheet().photo(scan(dpi)).done())
    assert raster.dpi == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_scan_keeps_its_pixels_too(renderer, rotate):
    raster, _ = only(renderer, Sheet(rotate=rotate).photo(scan(150)).done())
    turned = scan(150).rotate(-rotate, expand=True)
    assert (raster.width, raster.height) == turned.size
    assert raster.pixels.open() == turned.tobytes()


def test_strips_of_a_scan_get_the_resolution_of_the_scan(renderer):
    whole, sheet = scan(200), Sheet()
    for at in range(4):
        top, bottom = (round(whole.height * part / 4) for part in (at, at + 1))
        box = (0, 842 * (1 - bottom / whole.height), 595, 842 * (1 - top / whole.height))
        sheet.photo(whole.crop((0, top, whole.width, bottom)), box)
    raster, _ = only(renderer, sheet.done())
    assert raster.dpi == pytest.approx(200, rel=0.01)
    assert abs(raster.width - whole.width) <= 1


def test_drawn_pages_come_at_300_dpi(renderer):
    raster, _ = only(renderer, Sheet().text().done(), mode=Mode.FORCE)
    assert (raster.width, raster.height, raster.dpi) == (2479, 3508, 300)


def test_text_over_a_coarse_scan_comes_at_200_dpi_at_least(renderer):
    raster, _ = only(renderer, Sheet().photo(scan(75)).text(y=300).done(), mode=Mode.FORCE)
    assert raster.dpi == 200


def test_a_large_drawing_gets_fewer_pixels_to_an_inch(renderer):
    raster, _ = only(renderer, Sheet(size=(4000, 5000)).text().done(), mode=Mode.FORCE)
    assert raster.width * raster.height <= 40_100_000
    assert raster.dpi == pytest.approx(102, abs=2)


def test_a_page_of_kilometres_is_refused(renderer):
    sheet = Sheet().text()
    sheet.page.MediaBox = [0, 0, 2_000_000, 2_000_000]
    with pytest.raises(PageTooLarge) as refused:
        rendered(renderer, sheet.done(), mode=Mode.FORCE)
    assert refused.value.facts == {"page": 1, "limit": 80}


@pytest.mark.parametrize("name", ["drawn", "scan", "note", "form"])
def test_pixels_inside_the_jail_are_those_that_pdfium_gives_outside(renderer, name):
    files = {
        "drawn": Sheet().text().paint("0.5 g 100 100 200 200 re f").done(),
        "scan": Sheet().photo(scan(100)).done(),
        "note": Sheet().text().note("/FreeText", (72, 300, 300, 324), "A note").done(),
        "form": Sheet().text().note("/Widget", (72, 300, 300, 324), "A field").done(),
    }
    raster, _ = only(renderer, files[name], mode=Mode.FORCE)
    with pypdfium2.PdfDocument(files[name]) as outside:
        outside.init_forms()
        page = outside[0]
        width, height = raster.width, raster.height
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, pypdfium2.raw.FPDFBitmap_Gray)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        area = (0, 0, width, height, 0, pypdfium2.raw.FPDF_ANNOT)
        pypdfium2.raw.FPDF_RenderPageBitmap(bitmap, page, *area)
        if outside.formenv:
            pypdfium2.raw.FPDF_FFLDraw(outside.formenv, bitmap, page, *area)
        expected = bitmap.to_pil().convert("L")
        page.close()
    assert image_of(raster).tobytes() == expected.tobytes()


def test_colour_becomes_its_brightness(renderer):
    sheet = Sheet(size=(300, 100))
    for at, colour in enumerate(("1 0 0", "0 1 0", "0 0 1")):
        sheet.paint(f"{colour} rg {100 * at} 0 100 100 re f")
    raster, _ = only(renderer, sheet.done())
    found = [image_of(raster).getpixel((int((100 * at + 50) * raster.dpi / 72), 200)) for at in range(3)]
    assert found == pytest.approx([76, 150, 29], abs=4)


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_password_opens_an_encrypted_file(renderer, revision):
    how = {
        "encryption": pikepdf.Encryption(user="räuber", owner="other", R=revision, aes=revision >= 4, metadata=False)
    }
    if revision < 4:
        how = {"encryption": pikepdf.Encryption(user="räuber", owner="other", R=revision, aes=False, metadata=False)}
    file = Sheet().text().done(**how)
    with pytest.raises(Encrypted) as refused:
        rendered(renderer, file)
    assert type(refused.value) is Encrypted
    with pytest.raises(WrongPassword):
        rendered(renderer, file, password=b"wrong")
    for password in ("räuber", "other"):
        assert rendered(renderer, file, password=password.encode()).total == 1, password


def test_a_file_that_anyone_may_open_needs_no_password(renderer):
    file = Sheet().text().done(encryption=pikepdf.Encryption(owner="other", user=""))
    assert rendered(renderer, file).total == 1
    assert rendered(renderer, file, password=b"never needed").total == 1


def test_chosen_pages_come_alone_and_in_order(renderer):
    file = joined(*(Sheet(size=(300 + n, 200)).done() for n in range(1, 8)))
    whole = rendered(renderer, file, pages=((5, 100_000), (2, 2), (2, 3)))
    assert whole.total == 7
    assert [page.page for page in whole.pages] == [2, 3, 5, 6, 7]


def test_a_page_that_is_not_there_is_a_bad_range(renderer):
    with pytest.raises(BadPageRange):
        rendered(renderer, Sheet().text().done(), pages=((2, 3),))


def of_pages(count: int) -> bytes:
    made = pikepdf.new()
    leaf = made.make_indirect(Dictionary(Type=Name.Page, MediaBox=[0, 0, 72, 72], Resources=Dictionary()))
    tree = made.make_indirect(Dictionary(Type=Name.Pages, Count=count, Kids=Array([leaf] * count)))
    leaf.Parent = tree
    made.Root.Pages = tree
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def test_more_than_100_000_pages_are_refused_unless_some_are_named(renderer):
    file = of_pages(100_001)
    with pytest.raises(TooManyPages) as refused:
        rendered(renderer, file)
    assert refused.value.facts == {"limit": 100_000}
    whole = rendered(renderer, file, pages=((99_999, 99_999),))
    assert (whole.total, [page.page for page in whole.pages]) == (100_001, [99_999])


def test_a_file_without_pages_is_told_apart(renderer):
    held = io.BytesIO()
    pikepdf.new().save(held)
    with pytest.raises(NoPages):
        rendered(renderer, held.getvalue())


@pytest.mark.parametrize("file", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 1000, b"%PDF-1.7\nno objects at all\n%%EOF"])
def test_what_only_begins_like_a_pdf_is_damaged(renderer, file):
    with pytest.raises(Damaged):
        rendered(renderer, file)


def test_a_scan_that_cannot_be_decoded_is_no_blank_page(renderer):
    sheet = Sheet().photo(scan(100))
    held = Stream(sheet.pdf, b"this is no JPEG" * 50)
    held.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=826,
        Height=1169,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
        Filter=Name.DCTDecode,
    )
    sheet._pictures["/P0"] = held
    with pytest.raises(DamagedPage) as refused:
        rendered(renderer, sheet.done())
    assert refused.value.facts == {"page": 1}


def test_a_blank_page_is_a_blank_page(renderer):
    raster, _ = only(renderer, Sheet().done())
    assert isinstance(raster, Raster)
    assert set(raster.pixels.open()) == {255}


def test_nothing_of_a_document_is_run(renderer):
    sheet = Sheet().text()
    sheet.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("while (true) { app.alert('never'); }"))
    sheet.page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=pikepdf.String("/bin/sh")))
    began = time.monotonic()
    assert rendered(renderer, sheet.done()).kind is SourceKind.PDF
    assert time.monotonic() - began < 5


def test_a_large_file_is_read_in_ranges(renderer):
    sheet = Sheet().text()
    sheet.pdf.Root.Padding = Stream(sheet.pdf, b"\0" * (40 << 20))
    file = sheet.done(compress_streams=False)
    assert len(file) > 40 << 20

    class Counting:
        size, asked = len(file), 0

        def read_at(self, offset, length):
            self.asked += length
            return file[offset : offset + length]

    source = Counting()
    with renderer.open(source, Options(), time.monotonic() + 30) as rendering:
        assert len(list(rendering)) == 1
    assert source.asked < 4 << 20


def rss_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("RssAnon")).split()[1])


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def test_memory_does_not_grow_with_the_number_of_pages(renderer):
    page = papers.encoded(scan(100).convert("RGB"), "JPEG", quality=99, subsampling=0)
    made = pikepdf.new()
    for number in range(400):
        leaf = made.add_blank_page(page_size=papers.SIZE)
        held = Stream(made, page + number.to_bytes(2, "big"))
        held.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=826,
            Height=1169,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB,
            Filter=Name.DCTDecode,
        )
        leaf.Resources = Dictionary(XObject=Dictionary(P=held))
        leaf.Contents = Stream(made, b"q 595 0 0 842 0 0 cm /P Do Q")
    held = io.BytesIO()
    made.save(held)

    class File:
        size = held.tell()

        def read_at(self, offset, length):
            held.seek(offset)
            return held.read(length)

    sizes = []
    with renderer.open(File(), Options(), time.monotonic() + 60) as rendering:
        for page in rendering:
            rendering.deadline = time.monotonic() + 30
            if page.page % 50 == 10:
                sizes.append(rss_of(child_of(renderer.pid)))
    assert len(sizes) == 8
    assert File.size > 24 << 20
    assert max(sizes[1:]) - sizes[0] < 16_000, f"{sizes} kB"
