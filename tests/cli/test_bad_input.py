"""Bad input is normal: each kind has its exit code and a message that says what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli import papers
from tests.cli.command import Ran, cloister, on_terminal


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    path.write_bytes(papers.png())
    return path


def refused(ran: Ran, code: int, name: str, says: str) -> None:
    """The command ended with this code, said why and what to do, and printed nothing else."""
    assert (ran.code, ran.out) == (code, b""), ran.err
    assert f"[{name}]" in ran.err
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_missing_file_exits_with_5(tmp_path: Path) -> None:
    refused(cloister("read", tmp_path / "nowhere.png"), 5, "not-found", "Check the path")


def test_an_empty_file_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    refused(cloister("read", tmp_path / "empty.pdf"), 2, "empty-file", "0 bytes")


def test_a_file_of_another_type_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_text("These are notes.\n" * 50)
    refused(cloister("read", tmp_path / "notes.pdf"), 2, "not-a-document", "convert the file")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "PDF"])
def test_a_truncated_file_exits_with_2_or_is_repaired(tmp_path: Path, kind: str) -> None:
    whole = papers.pdf() if kind == "PDF" else papers.encoded(papers.page(), kind)
    path = tmp_path / "cut"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    ran = cloister("read", path)
    # A PDF that was cut has lost its page table; pdfium may find the pages all the same, and then reads them.
    if ran.code == 0:
        assert kind == "PDF"
        assert "sentence" in ran.text
    else:
        assert ran.code == 2, ran.err
        assert any(f"[{code}]" in ran.err for code in ("damaged", "no-pages", "not-a-document")), ran.err


def test_an_encrypted_pdf_without_its_password_exits_with_8(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(papers.pdf(password="correct horse"))
    refused(cloister("read", path), 8, "encrypted", "--password-file")


def test_a_wrong_password_exits_with_8(tmp_path: Path) -> None:
    path, secret = tmp_path / "locked.pdf", tmp_path / "secret"
    path.write_bytes(papers.pdf(password="correct horse"))
    secret.write_text("battery staple\n")
    refused(cloister("read", path, "--password-file", secret), 8, "wrong-password", "first line")


def test_the_right_password_reads_an_encrypted_pdf(tmp_path: Path) -> None:
    path, secret = tmp_path / "locked.pdf", tmp_path / "secret"
    path.write_bytes(papers.pdf(password="correct horse"))
    secret.write_text("correct horse\n")
    ran = cloister("read", path, "--password-file", secret)
    assert ran.code == 0, ran.err
    assert "sentence" in ran.text


def test_a_terminal_is_asked_for_the_password(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(papers.pdf(password="correct horse"))
    ran = on_terminal("read", path, typed=b"correct horse\n")
    assert ran.code == 0, ran.text
    assert "sentence" in ran.text
    assert "correct horse" not in ran.text


def test_a_pdf_without_pages_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    path.write_bytes(papers.no_pages())
    refused(cloister("read", path), 2, "no-pages", "no pages")


def test_a_pdf_of_100_000_pages_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "endless.pdf"
    path.write_bytes(papers.many_pages(100_001))
    refused(cloister("read", path), 2, "too-many-pages", "--pages")


def test_some_pages_of_a_pdf_of_100_000_pages_can_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(papers.many_pages(100_000))
    ran = cloister("read", path, "--pages", "99999", "-f", "json")
    assert ran.code == 0, ran.err
    assert [page["number"] for page in json.loads(ran.out)["pages"]] == [99_999]


def test_a_page_that_is_not_there_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "short.pdf"
    path.write_bytes(papers.pdf(2))
    refused(cloister("read", path, "--pages", "3"), 1, "bad-page-range", "from 1")


@pytest.mark.parametrize("pages", ["0", "2-1", "x", "1,,2", "-3"])
def test_a_page_selection_that_makes_no_sense_exits_with_1(paper: Path, pages: str) -> None:
    refused(cloister("read", paper, f"--pages={pages}"), 1, "bad-page-range", "1,3-5")


def test_a_folder_without_recursive_exits_with_5(tmp_path: Path) -> None:
    refused(cloister("read", tmp_path), 5, "is-a-folder", "--recursive")


def test_a_folder_without_a_file_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / ".hidden.png").write_bytes(b"")
    refused(cloister("read", tmp_path, "--recursive"), 2, "nothing-to-read", "Name another folder")


def test_an_existing_output_is_not_replaced_if_that_is_forbidden(paper: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    refused(cloister("read", paper, "-o", out, "-n"), 5, "output-exists", "--no-overwrite")
    assert out.read_text() == "old"


def test_a_full_disk_exits_with_5_and_leaves_the_old_output(paper: Path, tmp_path: Path) -> None:
    refused(cloister("read", paper, "-o", "/dev/full", "-f", "json"), 5, "disk-full", "Free some space")
    out = tmp_path / "out.json"
    out.write_text("old")
    ran = cloister("read", paper, "-o", out, room=600)
    refused(ran, 5, "disk-full", "Free some space")
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "scan.png"]


def test_an_output_never_replaces_its_source(paper: Path, tmp_path: Path) -> None:
    link = tmp_path / "same.txt"
    os.link(paper, link)
    before = paper.read_bytes()
    refused(cloister("read", paper, "-o", link), 1, "same-place", "another name")
    assert paper.read_bytes() == before


def test_an_unknown_language_exits_with_1(paper: Path) -> None:
    refused(cloister("read", paper, "-l", "klingon"), 1, "unknown-language", "ISO 639")


def test_a_language_whose_script_no_model_reads_is_refused(paper: Path) -> None:
    refused(cloister("read", paper, "-l", "rus"), 1, "unreadable-language", "Cyrillic")


def test_an_unknown_format_exits_with_1(paper: Path) -> None:
    refused(cloister("read", paper, "-f", "docx"), 1, "unknown-format", "hocr")


def test_an_unknown_option_exits_with_1(paper: Path) -> None:
    ran = cloister("read", paper, "--upload")
    assert ran.code == 1
    assert "--upload" in ran.err


def test_nothing_to_read_exits_with_1() -> None:
    assert cloister("read").code == 1


def test_one_output_file_for_two_inputs_exits_with_1(paper: Path) -> None:
    refused(cloister("read", paper, paper, "-o", "out.txt"), 1, "one-output", "--output-dir DIR")


def test_a_file_in_the_place_of_the_output_folder_exits_with_1(paper: Path) -> None:
    refused(cloister("read", paper, "-O", paper), 1, "not-a-folder", "Name a folder")
    refused(cloister("read", paper, "-O", paper / "deep"), 1, "not-a-folder", "Name a folder")


def test_a_folder_in_the_place_of_the_output_exits_with_5(paper: Path, tmp_path: Path) -> None:
    refused(cloister("read", paper, "-o", tmp_path), 5, "output-is-a-folder", "--format")


def test_a_name_without_characters_is_no_folder() -> None:
    refused(cloister("read", "", "--recursive"), 5, "not-found", "Check the path")


def test_a_missing_password_file_is_named(paper: Path) -> None:
    ran = cloister("read", paper, "--password-file", "nowhere.txt")
    refused(ran, 5, "not-found", "Check the path")
    assert "nowhere.txt: " in ran.err


def test_a_pdf_is_not_shown_on_a_terminal(paper: Path) -> None:
    ran = on_terminal("read", paper, "-f", "pdf")
    assert ran.code == 1
    assert "[not-for-a-terminal]" in ran.text


def test_inputs_that_fail_leave_standard_output_empty(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_text("These are notes.")
    refused(cloister("read", tmp_path / "one.pdf", tmp_path / "two.pdf"), 2, "not-a-document", "convert")


def test_one_bad_file_does_not_stop_the_batch(paper: Path, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.png", tmp_path / "out"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + b"rubbish" * 100)
    ran = cloister("read", bad, paper, tmp_path / "gone.png", "-O", out, "--json")
    files = json.loads(ran.out)["files"]
    assert ran.code == 15, "failures of two kinds share no exit code"
    assert [file.get("error", {}).get("exit") for file in files] == [2, None, 5]
    assert "sentence" in (out / "scan.txt").read_text()
    assert sorted(path.name for path in out.iterdir()) == ["scan.txt"]


def test_the_exit_code_of_a_batch_is_that_of_its_failures(paper: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert cloister("read", paper, tmp_path / "empty.png", "-O", tmp_path / "out").code == 2


def test_names_that_clash_are_numbered_and_told(tmp_path: Path) -> None:
    for name in ("scan.png", "scan.bmp"):
        (tmp_path / name).write_bytes(papers.encoded(papers.page(), name[-3:].upper()))
    ran = cloister("read", tmp_path / "scan.png", tmp_path / "scan.bmp", "-O", tmp_path / "out", "-f", "json")
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["scan-2.json", "scan.json"]
    assert "scan-2.json" in ran.err


@pytest.mark.usefixtures("paper")
def test_what_is_no_document_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("hello")
    (tmp_path / ".hidden.png").write_bytes(b"")
    ran = cloister("read", tmp_path, "--recursive", "-O", tmp_path.parent / "apart", "--json")
    assert ran.code == 0, ran.err
    entries = {Path(file["input"]).name: file for file in json.loads(ran.out)["files"]}
    assert set(entries) == {"README", "scan.png"}
    assert entries["README"]["skipped"] is True


def test_escapes_in_text_and_names_are_neutralised_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b]0;owned\x07.pdf"
    path.write_bytes(papers.born_digital("Plain words that are honest \x1b[31mred\x9b2J"))
    ran = on_terminal("read", path)
    assert ran.code == 0, ran.text
    assert "Plain words" in ran.text
    assert b"\x1b]0;" not in ran.out
    assert b"\x1b[31m" not in ran.out
    broken = tmp_path / "evil\x1b]0;owned\x07\ncloister: all is well.png"
    broken.write_bytes(b"")
    told = on_terminal("read", broken)
    assert told.code == 2
    assert b"\x1b]0;" not in told.out
    assert told.text.count("\n") == 1, "a name must not look like a message of its own"


def test_an_unreadable_file_and_folder_exit_with_5(tmp_path: Path, paper: Path) -> None:
    assert os.geteuid() != 0, "root may read anything: `make test` runs this as an ordinary user"
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o300)
    paper.chmod(0)
    refused(cloister("read", paper), 5, "no-permission", "Change them")
    refused(cloister("read", closed, "--recursive"), 5, "no-permission", "Change them")


def test_an_output_folder_without_permission_exits_with_5(tmp_path: Path, paper: Path) -> None:
    assert os.geteuid() != 0, "root may write anywhere: `make test` runs this as an ordinary user"
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    refused(cloister("read", paper, "-o", closed / "out.txt"), 5, "no-permission", "Change them")
    assert list(closed.iterdir()) == []
