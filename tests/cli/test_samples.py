"""`cloister samples`: sets of papers on a disk, and refusals."""

from __future__ import annotations

import json

import pytest

from cloister import samples
from cloister.cli.main import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command here; giving up the network is tested elsewhere, and would hold for the whole test process."""
    monkeypatch.setattr("cloister.cli.main.WITHOUT_NETWORK", frozenset())

    def command(*words):
        code = main(["samples", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_the_list_names_all_that_can_be_made(run):
    code, out, _ = run("list", "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["kind"] == list(samples.PAPERS)
    assert facts["language"] == list(samples.PAPER_LANGUAGES)
    assert "annotation" in facts["surfaces"]["pdf"]
    assert all(word in run("list")[1] for word in (*samples.PAPERS, "born-digital", "form_field"))


def test_a_set_has_every_page_its_truth_and_its_canaries(run, tmp_path):
    words = ["--kind", "payslip", "--kind", "passport", "--language", "zh", "--language", "en", "--quality", "fax"]
    code, out, _ = run(
        "make", *words, "-n", 4, "--seed", 7, "--dpi", 60, "--canary", "pixels=AMBER 7", "-O", tmp_path, "--json"
    )
    made = json.loads(out)["files"]
    assert code == 0
    assert {(entry["kind"], entry["language"]) for entry in made} == {
        ("payslip", "zh"), ("passport", "en"), ("payslip", "en"), ("passport", "zh"),
    }  # fmt: skip
    for entry in made:
        truth = json.loads((tmp_path / entry["truth"]).read_text(encoding="utf-8"))
        assert truth["image"] == entry["page"]
        assert (tmp_path / entry["page"]).read_bytes().startswith(b"\x89PNG")
        assert "AMBER 7" in truth["text"]
        assert truth["canaries"][0]["surface"] == "pixels"
    before = {entry["page"]: (tmp_path / entry["page"]).read_bytes() for entry in made}
    run("make", *words, "-n", 4, "--seed", 7, "--dpi", 60, "--canary", "pixels=AMBER 7", "-O", tmp_path / "again")
    assert before == {page: (tmp_path / "again" / page).read_bytes() for page in before}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--kind", "diploma"], "no such kind"),
        (["--language", "tlh"], "no such language"),
        (["--quality", "awful"], "no such quality"),
        (["-n", "0"], "count"),
        (["--canary", "attachment=A"], "no such surface"),
        (["--canary", "pixels"], "SURFACE=TEXT"),
        (["--born-digital", "--kind", "passport"], "no born-digital passport"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(run, tmp_path, words, says):
    code, _, err = run("make", *words, "-O", tmp_path / "out")
    assert code == 1
    assert says in err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_folder_s_place_is_refused_with_its_remedy(run, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, _, err = run("make", "--kind", "receipt", "-n", "1", "--dpi", "60", "-O", tmp_path / "out")
    assert code == 1
    assert "[not-a-folder]" in err
    assert (tmp_path / "out").read_text() == "mine"
