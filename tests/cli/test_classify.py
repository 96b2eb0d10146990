"""`cloister classify`, as a person or a program uses it."""

from __future__ import annotations

import json

import pytest

from cloister import samples
from cloister.samples import files
from tests.cli.command import cloister, on_terminal

POLICY = """
[kinds.memo]
title = "Memos"
level = "low"
types = ["png"]
project = "Canteen"
document_owner = "Canteen"
approved_by = "Canteen"
origins = ["this-machine"]
limits = { bytes = 20_000_000, pages = 20, runs = 2 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("inbox")
    for kind in ("passport", "bank_statement"):
        page = samples.make(kind, seed=5, dpi=150)
        (place / f"{kind}.png").write_bytes(files.png(page))
    (place / "broken.pdf").write_bytes(b"%PDF-1.7\nno more")
    (place / "notes").write_text("no document")
    shipped = cloister("policy", "schema", "--default").text
    (place / "policy.toml").write_text(shipped.replace("[kinds.identity]", f"{POLICY}\n[kinds.identity]"))
    return place


def test_each_file_is_told_and_a_bad_one_does_not_stop_the_rest(folder):
    given = ("passport.png", "broken.pdf", "bank_statement.png")
    ran = cloister("classify", *given, "--kind", "memo", "--json", cwd=folder)
    assert ran.code == 2
    assert "cloister: input 2: " in ran.err
    told = {entry["file"]: entry for entry in json.loads(ran.text)["files"]}
    assert list(told) == list(given)
    assert [told[name].get("level") for name in given] == ["high", None, "moderate"]
    assert told["broken.pdf"]["error"]["exit"] == 2
    assert {reason["detector"] for reason in told["passport.png"]["reasons"][1:]} == {"mrz"}
    assert {reason["because"] for reason in told["bank_statement.png"]["reasons"]} == {"listed", "found"}


def test_a_folder_is_classified_and_nothing_that_stands_in_it_is_shown(folder):
    ran = cloister("classify", ".", "--recursive", "--kind", "memo", "--fail-above", "moderate", cwd=folder)
    assert ran.code == 15  # one cannot be read, another is above the level
    shown = ran.text + ran.err
    assert "notes" not in shown
    assert ran.err.count("[above-level]") == 1  # which alone ends with 26: docs/classify.md is run
    told = "bank_statement.png: moderate\n  low       its declared kind\n  moderate  page 1: iban"
    assert told in ran.text.replace("./", "")
    for kind in ("passport", "bank_statement"):
        said = [word.text for word in samples.make(kind, seed=5, dpi=150).truth.words]
        assert not [word for word in said if len(word) > 5 and any(c.isdigit() for c in word) and word in shown]


def test_a_person_gets_a_table_and_an_unlisted_kind_is_high(folder):
    ran = on_terminal("classify", folder / "bank_statement.png", "--kind", "memos", "--policy", folder / "policy.toml")
    assert ran.code == 0
    shown = ran.out.decode()
    assert all(word in shown for word in ("because", "listed", "iban"))  # a long name leaves little room for reasons


def test_a_bad_policy_is_told_before_anything_is_read(folder, tmp_path):
    (tmp_path / "bad.toml").write_text("x = 1")
    ran = cloister("classify", "bank_statement.png", "--policy", tmp_path / "bad.toml", cwd=folder)
    assert ran.code == 9
    assert ran.text == ""
