"""Pictures become pages with as little done to them as possible, and always look as they did."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageCms, ImageOps

from cloister import samples
from cloister.errors import BadOutput
from cloister.samples import files
from tests.pdf.made import page_of, page_with
from tests.pdf.seen import Text, around, opened, overlap, pdftotext, qpdf_check

SIZE = (320, 200)


def colours(mode="RGB", size=SIZE):
    """A picture that is different in every corner, with some noise."""
    noise = np.random.default_rng(5).integers(0, 40, (size[1], size[0], 3), dtype=np.uint8)
    noise[: size[1] // 3, : size[0] // 4] += np.array([200, 0, 0], np.uint8)
    noise[: size[1] // 2, size[0] // 2 :] += np.array([0, 180, 0], np.uint8)
    noise[size[1] // 2 :, : size[0] // 3] += np.array([0, 60, 200], np.uint8)
    return Image.fromarray(noise).convert(mode)


def saved(image, name, **options):
    held = io.BytesIO()
    image.save(held, name, **options)
    return held.getvalue()


def reading(size=SIZE, number=1, dpi=100.0):
    return page_with([("Word", (20, 40, 120, 70)), ("here", (130, 40, 220, 70))], number=number,
                     width=size[0], height=size[1], dpi=dpi)  # fmt: skip


def picture(data, number=1):
    """The raw bytes, the filter and the decoded picture of a page's picture."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        held = pdf.pages[number - 1].obj.Resources.XObject.Picture
        return held.read_raw_bytes(), str(held.Filter)


def shown(data, number=1, dpi=100, size=SIZE):
    """The page as pdfium paints it, pixel for pixel of the picture."""
    with opened(data) as document:
        page = document[number - 1]
        assert tuple(round(side * dpi / 72) for side in page.get_size()) == size
        bitmap = pdfium.PdfBitmap.new_native(*size, pdfium.raw.FPDFBitmap_BGRx)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        pdfium.raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, 0)
        return bitmap.to_pil().convert("RGB")


def chunks(png):
    """The parts of a PNG file."""
    at = 8
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + size]
        at += 12 + size


def alike(one, other, most=0):
    one, other = (np.asarray(image.convert("RGB"), np.int16) for image in (one, other))
    return one.shape == other.shape and int(np.abs(one - other).max()) <= most


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_keeps_its_own_bytes(write, mode, progressive):
    source = saved(colours(mode), "JPEG", quality=92, progressive=progressive, dpi=(100, 100))
    data, _ = write(source, [reading()])
    assert picture(data) == (source, "/DCTDecode")
    # CMYK is turned into RGB by tables of each program's own; the others only by each decoder's rounding.
    assert alike(shown(data), Image.open(io.BytesIO(source)), 100 if mode == "CMYK" else 4)


def test_a_generated_scan_as_jpeg_keeps_its_bytes_and_its_words_are_found(write):
    sample = samples.make("page", seed=4, quality="scan")
    source = files.jpeg(sample)
    data, _ = write(source, [page_of(sample.truth)])
    assert picture(data)[0] == source
    text = Text(data)
    words = sample.truth.words[::20]
    assert [w.text for w in words if max((overlap(around(b), w.box) for b in text.find(w.text)), default=0) < 0.7] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_shown_as_its_exif_orientation_says(write, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    source = saved(colours(), "JPEG", quality=95, exif=exif, dpi=(100, 100))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(source)))
    data, _ = write(source, [reading(upright.size)])
    assert picture(data)[0] == source
    assert alike(shown(data, size=upright.size), upright, 4)
    assert overlap(around(next(iter(Text(data, dpi=100).find("Word here")))), (20, 40, 220, 70)) > 0.9


def test_pictures_behind_a_jpeg_are_left_out(write):
    first = saved(colours(), "JPEG", quality=92)
    data, _ = write(first + saved(colours("L", (32, 20)), "JPEG"), [reading()])
    assert picture(data)[0] == first


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "I;16"])
def test_a_plain_png_keeps_its_compressed_rows(write, mode):
    image = colours("L").convert("1") if mode == "1" else colours()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(colours("L"), np.uint16) * 257)
    elif mode != "1":
        image = colours(mode)
    source = saved(image, "PNG", dpi=(100, 100))
    data, _ = write(source, [reading()])
    rows, kind = picture(data)
    assert kind == "/FlateDecode"
    assert rows == b"".join(chunk for kind, chunk in chunks(source) if kind == b"IDAT")
    expected = colours("L") if mode == "I;16" else image
    assert alike(shown(data), expected, 1 if mode == "I;16" else 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_kept(write, mode):
    image = colours(mode)
    alpha = Image.linear_gradient("L").resize(SIZE)
    image.putalpha(alpha)
    data, _ = write(saved(image, "PNG", dpi=(100, 100)), [reading()])
    paper = Image.new("RGBA", SIZE, "white")
    paper.alpha_composite(image.convert("RGBA"))
    assert alike(shown(data), paper, 2)


def test_an_interlaced_png_is_compressed_anew_without_loss(write):
    # Pillow writes none; interlacing splits a picture into seven, of which a 1 × 1 picture has the first.
    row = b"\0\x7f"

    def chunk(kind, held):
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 1)
    source = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")
    data, _ = write(source, [])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.pages[0].obj.Resources.XObject.Picture.read_bytes() == b"\x7f"


@pytest.mark.parametrize(("name", "options"), [
    ("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {"compression": "jpeg", "quality": 95}), ("TIFF", {}),
    ("WEBP", {"lossless": True}), ("WEBP", {"quality": 80}), ("BMP", {}),
])  # fmt: skip
def test_other_formats_are_compressed_without_loss(write, name, options):
    source = saved(colours(), name, **options)
    data, _ = write(source, [reading()])
    assert picture(data)[1] == "/FlateDecode"
    assert alike(shown(data), Image.open(io.BytesIO(source)))


def test_heic_is_compressed_without_loss(write):
    source = (Path(__file__).parent.parent / "cli" / "page.heic").read_bytes()
    data, _ = write(source, [reading((800, 240))])
    assert pdftotext(data).split() == ["Word", "here"]
    assert len(np.unique(np.asarray(shown(data, size=(800, 240))))) > 10


def test_black_and_white_becomes_fax_group_4(write):
    page = samples.make("page", seed=3, quality="fax").image.convert("1")
    size = page.size
    for name, options in (("TIFF", {"compression": "group4"}), ("TIFF", {"compression": "packbits"}), ("BMP", {})):
        data, _ = write(saved(page, name, dpi=(100, 100), **options), [reading(size)])
        assert picture(data)[1] == "/CCITTFaxDecode"
        assert len(data) < page.width * page.height / 8 / 4
        assert alike(shown(data, size=size), page)


def test_every_page_of_a_tiff_becomes_a_page(write):
    frames = [colours("L", (200 + 10 * i, 100)) for i in range(4)]
    source = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(100, 100))
    data, _ = write(source, [reading((210, 100), 2), reading((230, 100), 4)])
    assert [page.split() for page in pdftotext(data).split("\f")[:4]] == [[], ["Word", "here"], [], ["Word", "here"]]
    for number, frame in enumerate(frames, start=1):
        assert alike(shown(data, number, size=frame.size), frame)


def test_a_colour_profile_goes_with_the_picture(write):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for source in (saved(colours(), "JPEG", icc_profile=profile), saved(colours(), "PNG", icc_profile=profile)):
        with pikepdf.open(io.BytesIO(write(source, [])[0])) as pdf:
            kind, held = pdf.pages[0].obj.Resources.XObject.Picture.ColorSpace
            assert (str(kind), held.read_bytes(), int(held.N)) == ("/ICCBased", profile, 3)


def test_a_profile_of_another_kind_of_colour_is_left_out(write):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with pikepdf.open(io.BytesIO(write(saved(colours("L"), "JPEG", icc_profile=profile), [])[0])) as pdf:
        assert str(pdf.pages[0].obj.Resources.XObject.Picture.ColorSpace) == "/DeviceGray"


@pytest.mark.parametrize(("dpi", "points"), [
    ((300, 300), (320 * 72 / 300, 200 * 72 / 300)), ((200, 100), (320 * 72 / 200, 144)), (None, (841.68, 526.05)),
])  # fmt: skip
def test_a_page_that_was_not_read_is_as_large_as_its_picture_says_or_as_a4(write, dpi, points):
    data, _ = write(saved(colours(), "JPEG", **({"dpi": dpi} if dpi else {})), [])
    with opened(data) as document:
        assert document[0].get_size() == (pytest.approx(points[0], abs=0.1), pytest.approx(points[1], abs=0.1))


def test_a_page_that_was_read_is_as_large_as_the_reading_says(write):
    data, _ = write(saved(colours(), "JPEG", dpi=(300, 300)), [reading(dpi=50.0)])
    with opened(data) as document:
        assert document[0].get_size() == (pytest.approx(460.8), pytest.approx(288))


def test_a_picture_that_was_resampled_for_reading_keeps_its_pixels_and_its_words_their_place(write):
    # As fax with 204 by 98 dots to the inch, which is read at 204 by 204.
    source = saved(colours("L", (320, 100)), "JPEG")
    data, _ = write(source, [reading((320, 200))])
    assert picture(data)[0] == source
    assert overlap(around(next(iter(Text(data, dpi=100).find("Word here")))), (20, 40, 220, 70)) > 0.9


def test_the_pdf_of_a_picture_says_nothing_but_what_made_it(write, tmp_path):
    source = saved(colours(), "JPEG", comment=b"a secret comment")
    data, notes = write(source, [reading()])
    assert (data, notes) == write(source, [reading()])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert {key: str(value) for key, value in pdf.docinfo.items()} == {"/Producer": "Cloister"}
        assert "/Metadata" not in pdf.Root
    (tmp_path / "x.pdf").write_bytes(data)
    assert qpdf_check(tmp_path / "x.pdf")[0] == 0


def test_a_reading_of_a_page_that_the_picture_does_not_have_is_refused(write):
    with pytest.raises(BadOutput):
        write(saved(colours(), "JPEG"), [reading(), reading(number=2)])
