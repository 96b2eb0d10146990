"""`cloister read` on real files: every type in, every format out."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.cli import papers
from tests.cli.command import cloister, on_terminal

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_image_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "page"
    path.write_bytes(papers.encoded(papers.page(), kind))
    ran = cloister("read", path)
    assert (ran.code, ran.text.strip()) == (0, papers.WORDS), ran.err


def test_heic_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.heic"
    path.write_bytes(papers.heic())
    ran = cloister("read", path)
    assert (ran.code, ran.text.strip()) == (0, papers.WORDS), ran.err


def test_the_name_of_a_file_says_nothing_about_its_type(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(papers.png())
    ran = cloister("read", path, "-f", "json")
    assert json.loads(ran.out)["source"] == "png"


def test_a_tiff_of_several_pages_gives_them_in_order(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    first, *rest = (papers.page(f"This is page {word}") for word in ("alpha", "beta", "gamma"))
    path.write_bytes(papers.encoded(first, "TIFF", save_all=True, append_images=rest))
    ran = cloister("read", path)
    pages = ran.text.split("\f")
    assert [page.split()[-1] for page in pages if page.strip()] == ["alpha", "beta", "gamma"]


def test_standard_input_is_read(tmp_path: Path) -> None:
    ran = cloister("read", "-", stdin=papers.png())
    assert (ran.code, ran.text.strip()) == (0, papers.WORDS), ran.err
    assert list(tmp_path.iterdir()) == []


def test_standard_output_carries_only_output(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(papers.png())
    ran = cloister("read", path, "-v", "--json")
    assert ran.text.strip() == papers.WORDS
    assert '"schema": "cloister-summary/1"' in ran.err


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("out.txt", b"Cloister"),
        ("out.md", b"Cloister"),
        ("out.json", b"{"),
        ("out.hocr", b"<?xml"),
        ("out.xml", b"<?xml"),
        ("out.pdf", b"%PDF-"),
    ],
)
def test_every_format_is_written_with_mode_600(tmp_path: Path, name: str, starts: bytes) -> None:
    path, out = tmp_path / "page.png", tmp_path / name
    path.write_bytes(papers.png())
    ran = cloister("read", path, "-o", out)
    assert (ran.code, ran.out) == (0, b""), ran.err
    assert out.read_bytes().startswith(starts)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["page.png", name])


def test_an_output_that_exists_is_replaced(tmp_path: Path) -> None:
    path, out = tmp_path / "page.png", tmp_path / "out.txt"
    path.write_bytes(papers.png())
    out.write_text("old")
    assert cloister("read", path, "-o", out).code == 0
    assert out.read_text().strip() == papers.WORDS


def test_pages_are_selected(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(papers.pdf(5))
    ran = cloister("read", path, "--pages", "2,4-", "-f", "json")
    assert [page["number"] for page in json.loads(ran.out)["pages"]] == [2, 4, 5]


def test_a_trustworthy_text_layer_is_used_unless_forbidden(tmp_path: Path) -> None:
    path = tmp_path / "born.pdf"
    path.write_bytes(papers.born_digital("The quick brown fox jumps over the lazy dog"))
    skipped = json.loads(cloister("read", path, "-f", "json").out)
    forced = json.loads(cloister("read", path, "-f", "json", "-m", "force").out)
    assert [doc["pages"][0]["from_text_layer"] for doc in (skipped, forced)] == [True, False]
    assert "quick brown fox" in skipped["text"]
    assert "quick brown fox" in forced["text"]
    assert told(skipped) == ["it was used"]
    assert told(forced) == ["it was not looked at"]


def told(document: dict[str, Any], step: str = "text layer") -> list[str]:
    """The details of one kind of step on the first page."""
    return [one["detail"] for one in document["pages"][0]["steps"] if one["name"] == step]


@pytest.mark.parametrize(("mode", "times"), [("redo", 1), ("force", 2)])
def test_visible_text_is_found_once_in_a_searchable_pdf_unless_forced(tmp_path: Path, mode: str, times: int) -> None:
    path, out = tmp_path / "born.pdf", tmp_path / "out.pdf"
    path.write_bytes(papers.born_digital("The quick brown fox jumps over the lazy dog"))
    ran = cloister("read", path, "-m", mode, "-o", out)
    assert ran.code == 0, ran.err
    found = subprocess.run(["pdftotext", "-raw", out, "-"], capture_output=True, text=True, check=True).stdout
    assert [found.split().count(word) for word in ("quick", "fox", "lazy")] == [times] * 3


def test_why_a_text_layer_was_set_aside_is_told(tmp_path: Path) -> None:
    scan, searchable = tmp_path / "scan.pdf", tmp_path / "searchable.pdf"
    scan.write_bytes(papers.pdf())
    assert cloister("read", scan, "-o", searchable).code == 0
    assert told(json.loads(cloister("read", scan, "-f", "json").out)) == []
    ran = cloister("read", searchable, "-f", "json", "-v")
    assert told(json.loads(ran.out)) == ["not used: it cannot be seen on the page"]
    assert "text layer not used: it cannot be seen on the page" in ran.err


def test_a_machine_readable_zone_is_told_without_what_stands_in_it() -> None:
    document = json.loads(cloister("read", EXAMPLES / "passport.png", "-f", "json").out)
    (zone,) = told(document, "mrz")
    assert re.fullmatch(r"TD3, \d+ characters? corrected, 5 of 5 check digits hold", zone)


def test_folders_are_read_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("b.png", "a.png", "deep/c.png"):
        (tmp_path / "in" / name).write_bytes(papers.png(f"File {Path(name).stem} of three"))
    ran = cloister("read", tmp_path / "in", "--recursive")
    assert [page.strip() for page in ran.text.split("\f")] == [f"File {name} of three" for name in "abc"]


def test_the_text_of_a_searchable_pdf_is_found_by_others(tmp_path: Path) -> None:
    path, out = tmp_path / "scan.pdf", tmp_path / "out.pdf"
    path.write_bytes(papers.pdf(2))
    ran = cloister("read", path, "-o", out)
    assert ran.code == 0, ran.err
    with pikepdf.open(out) as made:
        assert len(made.pages) == 2
    again = json.loads(cloister("read", out, "-f", "json", "-m", "force").out)
    assert papers.WORDS in again["text"]


def test_a_terminal_sees_a_summary_but_no_bar_among_the_text(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(papers.png())
    ran = on_terminal("read", path, path, "-O", tmp_path / "out")
    assert ran.code == 0, ran.text
    assert "2 pages of 2 files" in ran.text


def test_rotated_and_skewed_pages_are_read_upright(tmp_path: Path) -> None:
    sample = papers.sample("page", seed=5, dpi=150)
    for turn in (90, 180, 270):
        path = tmp_path / f"{turn}.png"
        path.write_bytes(papers.encoded(sample.image.rotate(-turn, expand=True), "PNG", dpi=(150, 150)))
        page = json.loads(cloister("read", path, "-f", "json").out)["pages"][0]
        assert page["rotation"] == turn
        assert page["width"] < page["height"]
