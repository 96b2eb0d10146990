"""Samples as files: every format opens elsewhere, holds the right pages, and is the same every time."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from cloister import samples
from cloister.samples import __main__ as command
from cloister.samples import examples, files

ROOT = Path(__file__).parents[2]


def test_the_examples_in_the_repository_are_what_the_command_draws(tmp_path):
    examples.write(tmp_path)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(drawn) == 2 * len(examples.EXAMPLES) + 1
    for path in drawn:
        assert (tmp_path / path).read_bytes() == (ROOT / "examples" / path).read_bytes(), path
    assert sum((tmp_path / path).stat().st_size for path in drawn) < 2_500_000


def test_a_png_holds_the_very_pixels_and_the_resolution():
    sample = samples.make("page", seed=1, dpi=100)
    image = Image.open(io.BytesIO(files.png(sample)))
    assert image.tobytes() == sample.image.tobytes()
    assert image.info["dpi"] == pytest.approx((100, 100), abs=0.1)


def test_black_and_white_pages_are_stored_with_one_bit():
    fax = samples.make("page", seed=1, dpi=100, quality="fax")
    assert Image.open(io.BytesIO(files.png(fax))).mode == "1"
    tiff = Image.open(io.BytesIO(files.tiff([fax, fax])))
    assert tiff.info["compression"] == "group4"
    assert tiff.n_frames == 2
    assert tiff.convert("L").tobytes() == fax.image.tobytes()


def test_a_tiff_of_grey_pages_holds_them_in_order():
    pages = list(samples.pages("page", 3, seed=2, dpi=60, quality="scan"))
    tiff = Image.open(io.BytesIO(files.tiff(pages)))
    for number, page in enumerate(pages):
        tiff.seek(number)
        assert tiff.tobytes() == page.image.tobytes()


@pytest.mark.parametrize("quality", ["scan", "fax"])
def test_a_pdf_is_sound_and_has_pictures_and_no_text(tmp_path, quality):
    pages = list(samples.pages("report", 3, seed=2, dpi=100, quality=quality))
    path = tmp_path / "report.pdf"
    path.write_bytes(files.pdf(pages))
    assert subprocess.run(["qpdf", "--check", path], check=False, capture_output=True).returncode == 0
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 3
        for page, sample in zip(pdf.pages, pages, strict=True):
            assert [(image.Width, image.Height) for image in page.Resources.XObject.values()] == [sample.image.size]
            assert float(page.mediabox[2]) == pytest.approx(sample.image.width * 72 / sample.truth.dpi, abs=0.01)
            assert b"Tj" not in page.Contents.read_bytes()


def test_the_same_samples_give_the_same_bytes_in_every_format():
    pages = list(samples.pages("letter", 2, seed=2, dpi=60, quality="photo"))
    again = list(samples.pages("letter", 2, seed=2, dpi=60, quality="photo"))
    for suffix in files.FORMATS:
        assert files.encoded(pages, suffix) == files.encoded(again, suffix)
    with pytest.raises(ValueError, match="formats are"):
        files.encoded(pages, "gif")


def test_the_command_writes_a_set_that_can_be_scored(tmp_path):
    command.main([str(tmp_path), "--kind", "page", "receipt", "-n", "4", "--quality", "clean", "fax", "--dpi", "60"])
    names = sorted(path.stem for path in (tmp_path / "pages").iterdir())
    assert names == sorted(path.stem for path in (tmp_path / "truth").iterdir())
    assert len(names) == 4
    for path in (tmp_path / "truth").iterdir():
        truth = json.loads(path.read_text(encoding="utf-8"))
        assert (tmp_path / truth["image"]).exists()
        assert truth["text"].split() == [word["text"] for word in truth["words"]]
        assert [line["text"] for line in truth["lines"]] == [line for line in truth["text"].splitlines() if line]
        assert sum(len(block["lines"]) for block in truth["blocks"]) == len(truth["lines"])


def test_a_set_of_many_page_files_has_every_page_s_truth(tmp_path):
    command.main([str(tmp_path), "--kind", "report", "-n", "1", "--pages", "2", "--format", "tiff", "--dpi", "60"])
    truth = json.loads(next((tmp_path / "truth").iterdir()).read_text(encoding="utf-8"))
    assert len(truth["pages"]) == 2
    assert truth["text"].count("\f") == 1
    assert {line["page"] for line in truth["lines"]} == {1, 2}


def test_the_command_refuses_several_pages_in_a_format_of_one(tmp_path):
    with pytest.raises(SystemExit):
        command.main([str(tmp_path), "--pages", "2"])
    assert not list(tmp_path.iterdir())


def test_fonts_are_small_and_each_names_its_licence():
    folder = Path(samples.__file__).parent / "fonts"
    notes = (folder / "README.md").read_text(encoding="utf-8")
    fonts = [path for path in folder.iterdir() if path.suffix in {".ttf", ".otf"}]
    assert len(fonts) == 39
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3_000_000
    assert not [path.name for path in fonts if f"`{path.stem.split('-')[0]}-*`" not in notes]
    for name in re.findall(r"licences/([a-z0-9-]+\.txt)", notes):
        assert (folder / "licences" / name).stat().st_size > 500
