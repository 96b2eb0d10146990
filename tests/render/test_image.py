"""Picture files become grey pixels on white paper, in the jail as outside of it, or are refused."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import pairwise

import pytest
from PIL import Image, ImageOps

from cloister.errors import Damaged, DamagedPage, NotADocument, PageTooLarge
from cloister.model import SourceKind
from cloister.ocr.render.grey import grey, resolution
from tests.render import papers
from tests.render.jailed import only, rendered

KINDS = papers.every_kind()


def image_of(raster):
    return Image.frombytes("L", (raster.width, raster.height), raster.pixels.open())


def furthest(one, other):
    return max(abs(a - b) for a, b in zip(one.tobytes(), other.tobytes(), strict=True))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_coding_gives_the_picture_that_was_saved(renderer, name):
    raster, _ = only(renderer, KINDS[name])
    expected = papers.picture()
    if "alpha" in name:
        expected.paste(255, (0, 0, expected.width, expected.height // 2))
    assert (raster.width, raster.height) == expected.size
    dark = sum(value < 140 for value in image_of(raster).tobytes())
    assert dark == pytest.approx(sum(value < 140 for value in expected.tobytes()), rel=0.25)
    assert image_of(raster).getextrema()[1] > 180


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"png alpha", "png grey alpha", "png 16 bits"}))
def test_pixels_inside_the_jail_are_those_that_pillow_gives_outside(renderer, name):
    raster, _ = only(renderer, KINDS[name])
    outside = Image.open(io.BytesIO(KINDS[name]))
    if outside.format == "JPEG" and outside.mode == "RGB":
        outside.draft("L", outside.size)  # brightness alone is what is read of a JPEG
    assert image_of(raster).tobytes() == outside.convert("L").tobytes()


def test_sixteen_bits_keep_their_brightness(renderer):
    shades = Image.new("I;16", (256, 8))
    for value in range(256):
        shades.paste(value * 257, (value, 0, value + 1, 8))
    for kind in ("PNG", "TIFF"):
        raster, _ = only(renderer, papers.encoded(shades, kind))
        assert list(raster.pixels.open()[:256]) == list(range(256)), kind


def test_twelve_bits_keep_their_brightness():
    for value, expected in ((4095, 255), (0, 0), (2048, 127)):
        assert set(grey(Image.new("I;16", (16, 4), value), bits=12).tobytes()) == {expected}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_the_orientation_that_a_camera_wrote_is_obeyed(renderer, kind, orientation):
    image = papers.picture((300, 200), points=40)
    exif = Image.Exif()
    exif[0x0112] = orientation
    how = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    file = papers.encoded(image, kind, exif=exif, **how)
    raster, _ = only(renderer, file)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("L")
    assert (raster.width, raster.height) == upright.size
    assert furthest(image_of(raster), upright) <= 2


def test_every_page_of_a_tiff_comes_in_order(renderer):
    pages = [papers.picture((200 + 10 * n, 100), text=str(n)) for n in range(1, 6)]
    file = papers.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    whole = rendered(renderer, file)
    assert (whole.kind, whole.total) == (SourceKind.TIFF, 5)
    assert [(page.page, page.width) for page in whole.pages] == [(n, 200 + 10 * n) for n in range(1, 6)]
    assert all(image_of(page).tobytes() == want.tobytes() for page, want in zip(whole.pages, pages, strict=True))


def test_smaller_copies_of_a_tiff_page_are_no_pages(renderer):
    from PIL import TiffImagePlugin

    held = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(held, new=True) as writer:
        for size, kind in (((300, 200), 0), ((150, 100), 1), ((320, 200), 2), ((40, 30), 1)):
            papers.picture(size, points=20).save(writer, "TIFF", tiffinfo={254: kind})
            writer.newFrame()
    whole = rendered(renderer, held.getvalue())
    assert [(page.page, page.width) for page in whole.pages] == [(1, 300), (2, 320)]


@pytest.mark.parametrize(("mode", "white"), [("F", 1.0), ("F", 255.0), ("I", 255), ("I", 65535), ("F", 1e6)])
def test_32_bit_pictures_are_neither_black_nor_blown_out(renderer, mode, white):
    shades = Image.new(mode, (4, 1), 0)
    for at in range(4):
        shades.putpixel((at, 0), white * at / 3 if mode == "F" else white * at // 3)
    raster, _ = only(renderer, papers.encoded(shades, "TIFF"))
    assert list(raster.pixels.open()) == pytest.approx([0, 85, 170, 255], abs=1)


def test_chosen_pages_of_a_tiff_come_alone(renderer):
    pages = [papers.picture((200 + 10 * n, 100), text=str(n)) for n in range(1, 6)]
    file = papers.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    whole = rendered(renderer, file, pages=((2, 2), (4, 9)))
    assert [page.page for page in whole.pages] == [2, 4, 5]


def test_fax_pages_get_square_pixels(renderer):
    image = papers.picture((864, 550), points=90)
    raster, _ = only(renderer, papers.encoded(image, "TIFF", dpi=(204, 98)))
    assert (raster.width, raster.height, raster.dpi) == (864, round(550 * 204 / 98), 204)


def test_an_animation_is_its_first_frame(renderer):
    frames = [Image.new("RGB", (64, 48), shade) for shade in ("white", "black")]
    file = papers.encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    raster, _ = only(renderer, file)
    assert set(raster.pixels.open()) == {255}


@pytest.mark.parametrize(
    ("size", "stated", "expected"),
    [
        ((2480, 3508), (300, 300), 300),
        ((2480, 3508), (72, 72), 300),
        ((2480, 3508), None, 300),
        ((1654, 2339), None, 200),
        ((595, 842), (72, 72), 72),
        ((4000, 3000), (72, 72), 342),
        ((100, 80), None, 72),
        ((20000, 30000), None, 600),
        ((2480, 3508), (1, 1), 300),
        ((2480, 3508), (30000, 30000), 300),
        ((2480, 3508), (float("nan"), 300), 300),
        ((2480, 3508), ("?", None), 300),
        ((9000, 12000), (1200, 1200), 1200),
    ],
)
def test_the_resolution_is_what_is_stated_or_a_sane_guess(size, stated, expected):
    assert resolution(size, stated) == (expected, expected)


@pytest.mark.parametrize("name", sorted(name for name in KINDS if not name.startswith("webp")))
def test_a_file_that_is_cut_short_is_never_a_page(renderer, name):
    file = KINDS[name]
    for share in (0.1, 0.5, 0.8):
        with pytest.raises((Damaged, NotADocument)):
            rendered(renderer, file[: int(len(file) * share)])


def chunk(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(100_000, 100_000), (9000, 9000), (70_000, 10)])
def test_a_bomb_is_refused_before_it_is_unpacked(renderer, size):
    with pytest.raises(PageTooLarge) as refused:
        rendered(renderer, png_of(*size, zlib.compress(bytes(1000))), seconds=5)
    assert refused.value.facts["limit"] == 80


def webp_of(width: int, height: int) -> bytes:
    """A file of one colour; its code is the same for every size, which stands in 14 bits each (RFC 9649, 3.4)."""
    file = bytearray(papers.encoded(Image.new("RGB", (16, 16), (90, 90, 90)), "WEBP", lossless=True))
    assert file[12:16] == b"VP8L"
    bits = int.from_bytes(file[21:25], "little") >> 28 << 28
    file[21:25] = (bits | (height - 1) << 14 | (width - 1)).to_bytes(4, "little")
    return bytes(file)


def test_a_webp_picture_that_fits_in_the_jails_memory_is_read(renderer):
    raster, _ = only(renderer, webp_of(7000, 8000))
    assert len(raster.pixels.open()) == 56_000_000


def webp_canvas(width: int, height: int) -> bytes:
    """The same picture on a larger canvas (RFC 9649, 2.7)."""
    file = webp_of(16, 16)
    sides = ((side - 1).to_bytes(3, "little") for side in (width, height))
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + b"".join(sides) + file[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


LARGE = {"picture": webp_of(8000, 9000), "largest": webp_of(16_383, 16_383), "canvas": webp_canvas(16_384, 16_384)}


@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_a_larger_webp_picture_is_refused_with_its_ceiling(renderer, made):
    with pytest.raises(PageTooLarge) as refused:
        rendered(renderer, made, seconds=5)
    assert refused.value.facts == {"page": 1, "limit": 57}


def test_a_webp_picture_of_no_known_sort_is_damaged(renderer):
    with pytest.raises(Damaged):
        rendered(renderer, webp_of(16, 16).replace(b"VP8L", b"VP9L"), seconds=5)


def test_a_picture_of_80_million_pixels_is_read(renderer):
    lines = zlib.compressobj(1)
    data = b"".join(lines.compress((b"\0" + b"\x80" * 8000) * 100) for _ in range(100)) + lines.flush()
    raster, _ = only(renderer, png_of(8000, 10_000, data))
    assert len(raster.pixels.open()) == 80_000_000


def test_a_damaged_page_of_a_tiff_is_named(renderer):
    pages = [papers.picture((300, 200), text=str(n)).convert("RGB") for n in range(3)]
    file = bytearray(papers.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    second = int.from_bytes(file[4:8], "little")
    for _ in range(1):
        entries = int.from_bytes(file[second : second + 2], "little")
        second = int.from_bytes(file[second + 2 + 12 * entries : second + 6 + 12 * entries], "little")
    entries = int.from_bytes(file[second : second + 2], "little")
    for at in range(second + 2, second + 2 + 12 * entries, 12):
        if int.from_bytes(file[at : at + 2], "little") == 273:  # where the strips lie
            file[at + 8 : at + 12] = (len(file) * 2).to_bytes(4, "little")
    with pytest.raises(DamagedPage) as refused:
        rendered(renderer, bytes(file))
    assert refused.value.facts == {"page": 2}


def test_a_failure_leaves_the_zygote_alive(renderer):
    only(renderer, KINDS["png"])
    first = renderer.pid
    for file in (KINDS["png"][:200], b"no document", png_of(100_000, 100_000)):
        with pytest.raises((Damaged, NotADocument, PageTooLarge)):
            rendered(renderer, file)
    only(renderer, KINDS["jpeg"])
    assert renderer.pid == first


def test_pages_are_sent_while_later_ones_are_still_to_be_decoded(renderer):
    pages = [papers.picture((200, 100), text=str(n)) for n in range(4)]
    file = papers.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    numbers = [page.page for page in rendered(renderer, file).pages]
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
