"""Codes of languages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cloister.errors import UnknownLanguage, UnreadableLanguage
from cloister.languages import LANGUAGES, Script, find, parse


@pytest.mark.parametrize(
    ("asked", "tags"),
    [
        ("eng+deu", ("en", "de")),
        ("en+de", ("en", "de")),
        ("ger", ("de",)),
        ("fre+fra+fr", ("fr",)),
        ("pt-BR", ("pt",)),
        ("en_US", ("en",)),
        ("EN, De", ("en", "de")),
        ("chi_sim", ("zh",)),
        ("zh-Hant-TW", ("zh",)),
        ("jpn", ("ja",)),
        ("srp_latn", ("sr-Latn",)),
        ("sr-Latn-RS", ("sr-Latn",)),
        ("deu_latf", ("de",)),
        ("rum", ("ro",)),
    ],
)
def test_codes_of_every_sort_are_understood(asked: str, tags: tuple[str, ...]) -> None:
    assert parse(asked) == tags


@pytest.mark.parametrize("asked", ["", "+", "eng+", "english", "xx", "qqq", "en-☃", "e", "eng;x", "../en"])
def test_what_is_no_code_is_refused(asked: str) -> None:
    with pytest.raises(UnknownLanguage) as caught:
        parse(asked)
    assert caught.value.exit == 1


@pytest.mark.parametrize(
    ("asked", "script"),
    [
        ("rus", Script.CYRILLIC),
        ("eng+ara", Script.ARABIC),
        ("sr", Script.CYRILLIC),
        ("vie", Script.VIETNAMESE),
        ("hi-IN", Script.DEVANAGARI),
        ("ell", Script.GREEK),
    ],
)
def test_a_language_that_no_model_reads_is_refused_with_its_script(asked: str, script: Script) -> None:
    with pytest.raises(UnreadableLanguage) as caught:
        parse(asked)
    assert caught.value.facts == {"script": script}
    assert script.value in str(caught.value)
    assert "Tesseract" in str(caught.value)


def test_more_than_ten_languages_are_refused() -> None:
    with pytest.raises(UnknownLanguage):
        parse("en+de+fr+it+es+pt+nl+pl+sv+da+fi")


def test_every_code_means_one_language() -> None:
    codes = [code.lower() for language in LANGUAGES for code in (language.tag, *language.codes)]
    again = {code for code in codes if codes.count(code) > 1}
    assert {code for code in again if not any(code == x.tag and code in x.codes for x in LANGUAGES)} == set()
    assert all(find(code).tag for code in codes)


def test_a_tag_leads_back_to_itself() -> None:
    assert [find(language.tag) for language in LANGUAGES] == list(LANGUAGES)


def test_importing_the_codes_imports_nothing_heavy() -> None:
    code = "import sys, cloister.languages; sys.exit(bool({'numpy', 'cloister.ocr.engine'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0
