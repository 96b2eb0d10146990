"""Real files of many kinds: each is written, looks as it did, and its words are found."""

from __future__ import annotations

import pytest

from cloister.errors import CloisterError
from tests.pdf.made import page_with, two_words
from tests.pdf.seen import opened, pdftotext, qpdf_check, same_pixels


def test_every_pdf_looks_the_same_and_has_our_words(data, write, tmp_path):
    found = sorted((data / "pdf_and_scan_files" / "pages").glob("*.pdf"))
    assert found
    for path in found:
        source = path.read_bytes()
        with opened(source) as document:
            sizes = [page.get_size() for page in document]
        pages = [
            page_with([("Zweiundvierzig", (20, 3, 120, 13))], number=number, width=round(width), height=round(height))
            for number, (width, height) in enumerate(sizes, start=1)
        ]
        made, _ = write(source, pages)
        (tmp_path / "made.pdf").write_bytes(made)
        assert qpdf_check(tmp_path / "made.pdf")[0] == 0, path.name
        assert same_pixels(source, made), path.name
        assert pdftotext(made).count("Zweiundvierzig") == len(pages), path.name


@pytest.mark.parametrize("folder", ["pdf_and_scan_files", "id_documents"])
def test_every_picture_becomes_a_pdf(data, write, tmp_path, folder):
    found = [path for path in sorted((data / folder / "pages").iterdir()) if path.suffix != ".pdf"]
    assert found
    for path in found[:60]:
        try:
            made, _ = write(path.read_bytes(), [two_words()])
        except CloisterError as refusal:
            pytest.fail(f"{path.name}: {refusal.code}")
        (tmp_path / "made.pdf").write_bytes(made)
        assert qpdf_check(tmp_path / "made.pdf")[0] == 0, path.name
        assert pdftotext(made, "-l", "1").split() == ["Hello", "world"], path.name
