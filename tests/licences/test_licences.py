"""Everything that is shipped or needed to run has a licence that was looked up and is permitted."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from tests.licences import generate
from tests.licences.inventory import (
    ROOT,
    entry_of,
    files,
    gpl_texts,
    is_library,
    is_permitted,
    known,
    libraries,
    own_texts,
    pinned,
)

KNOWN = known()
RUNTIME = pinned()


def test_every_distribution_is_listed_and_no_other():
    assert sorted(KNOWN["distributions"]) == RUNTIME


@pytest.mark.parametrize("name", RUNTIME)
def test_a_distribution_says_of_itself_what_is_listed(name):
    said = metadata.metadata(name).get("License-Expression")
    # Many still describe their licence in words, which no test can compare.
    assert said in {None, KNOWN["distributions"][name]}


@pytest.mark.parametrize("name", RUNTIME)
def test_every_library_in_a_wheel_is_listed(name):
    listed = KNOWN["bundled"].get(name, {})
    assert [library for library in libraries(name) if entry_of(library, listed) is None] == []


def test_every_licence_is_permitted():
    tables = [
        KNOWN["distributions"],
        KNOWN["package"],
        KNOWN["fonts"],
        *KNOWN["bundled"].values(),
        *KNOWN["inside"].values(),
    ]
    refused = {
        what: said for table in tables for what, said in table.items() if not is_permitted(said, KNOWN["permitted"])
    }
    assert refused == {}


@pytest.mark.parametrize("name", RUNTIME)
def test_a_text_of_the_gpl_in_a_wheel_is_accounted_for(name):
    assert [text for text in gpl_texts(name) if text not in KNOWN["mentions"]] == []


def _spellings(name: str) -> set[str]:
    plain = name.lower()
    return {plain, plain.replace(" ", ""), plain.replace("-", "_"), plain.split()[0]}


@pytest.mark.parametrize("name", sorted(KNOWN["inside"]))
def test_every_inner_part_is_named_in_the_wheels_own_files(name):
    text = own_texts(name)
    parts = [part for names in KNOWN["inside"][name] for part in names.split(", ")]
    assert [part for part in parts if not any(spelling in text for spelling in _spellings(part))] == []


def test_ffmpeg_was_built_without_its_gpl_parts():
    (path,) = (Path(str(f.locate())) for f in files("opencv-python-headless") if f.name.startswith("libavcodec"))
    held = path.read_bytes()
    assert b"libavcodec license: LGPL" in held
    assert b"--enable-gpl" not in held


def test_heif_comes_without_the_gpl_encoder():
    assert not any("x265" in library for library in libraries("pi-heif"))
    assert not any(name == "pillow-heif" for name in RUNTIME)


@pytest.mark.parametrize(
    "expression", ["GPL-2.0-only", "GPL-3.0-or-later", "AGPL-3.0-only", "MIT AND GPL-2.0-only", "unknown"]
)
def test_a_gpl_licence_is_refused(expression):
    assert not is_permitted(expression, KNOWN["permitted"])


def test_a_choice_is_met_by_the_permitted_half():
    assert is_permitted("GPL-2.0-only OR MIT", KNOWN["permitted"])


def test_an_unlisted_library_is_found():
    assert is_library("pi_heif.libs/libx265-1234abcd.so.199")
    assert entry_of("libx265-1234abcd.so.199", KNOWN["bundled"]["pi-heif"]) is None
    assert entry_of("libheifplus-1.so", KNOWN["bundled"]["pi-heif"]) is None


def test_every_font_is_listed_and_every_model_named():
    fonts = [path.name for path in (ROOT / "src/cloister/samples/fonts").iterdir() if path.suffix in {".ttf", ".otf"}]
    assert fonts
    assert [name for name in fonts if not name.startswith(tuple(KNOWN["fonts"]))] == []
    named = " ".join(KNOWN["package"])
    others = {"SHA256SUMS", ".sha256", ".py"}
    shipped = (path for path in (ROOT / "src/cloister/ocr/models").iterdir() if path.is_file())
    models = [path.name for path in shipped if not others & {path.name, path.suffix}]
    assert models
    assert [name for name in models if name not in named] == []


def test_the_page_in_the_docs_is_current():
    assert generate.PAGE.read_text() == generate.page()
