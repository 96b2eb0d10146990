"""Outputs of a batch have names of their own."""

from __future__ import annotations

import os

import pytest

from cloister.formats.names import Named, Names


def test_an_output_has_its_inputs_stem_and_the_formats_extension():
    names = Names(".json")
    assert names.of("a/scan.png") == Named("scan.json")
    assert names.of("b/letter.2024.tiff") == Named("letter.2024.json")
    assert names.of("plain") == Named("plain.json")
    assert names.of(".png") == Named(".png.json")
    assert names.of("-") == Named("stdin.json")


def test_a_clash_is_numbered_and_reported():
    names = Names(".json")
    given = ["scan.png", "scan.jpg", "other/scan.png", "scan-2.png"]
    assert [names.of(name) for name in given] == [
        Named("scan.json"),
        Named("scan-2.json", clashed=True),
        Named("scan-3.json", clashed=True),
        Named("scan-2-2.json", clashed=True),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("Scan.png", "scan.png"), ("\u00e9.png", "e\u0301.png"), ("ß.png", "ss.png")]
)
def test_names_that_some_file_systems_hold_for_the_same_clash(one, other):
    names = Names(".txt")
    assert not names.of(one).clashed
    assert names.of(other).clashed


def test_a_name_that_would_be_too_long_is_cut_at_a_character(tmp_path):
    names = Names(".json")
    for source in ["x" * 251 + ".png", "é" * 126 + ".p", "é" * 126 + ".j", os.fsdecode(b"\xff" * 250 + b".tiff")]:
        name = names.of(source).name
        assert len(os.fsencode(name)) <= 255
        (tmp_path / name).touch()
    assert len(list(tmp_path.iterdir())) == 4


def test_every_output_of_a_large_batch_is_named_once():
    names = Names(".txt")
    given = [names.of(f"{folder}/{stem}.png").name for folder in "abcdef" for stem in ("x", "X", "x-2", "y")]
    assert len(set(given)) == len(given) == 24
