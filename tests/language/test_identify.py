"""Telling languages apart."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister import samples
from cloister.languages import find
from cloister.ocr.engine import language
from cloister.ocr.engine.language import identify
from cloister.ocr.engine.ngrams import key

# One article of the Universal Declaration of Human Rights, in the wording of each country's own translation.
ARTICLE = {
    "en": "All human beings are born free and equal in dignity and rights. They have reason and conscience.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem.",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete.",
    "da": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki.",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím.",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel bírván.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler.",  # noqa: RUF001
    "ro": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu rațiune.",
    "ca": "Tots els éssers humans neixen lliures i iguals en dignitat i en drets. Són dotats de raó i de consciència.",
    "mi": "Ko te katoa o nga tangata i te whanaungatanga mai e watea ana i nga here katoa; e tauriterite ana hoki.",
    "zh": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
}


@pytest.mark.parametrize("tag", ARTICLE)
def test_one_sentence_is_enough(tag: str) -> None:
    found, sureness = identify(ARTICLE[tag])
    assert found == tag
    assert sureness > 0.8


@pytest.mark.parametrize("tag", [tag for tag in ARTICLE if tag not in {"zh", "ja"}])
def test_capitals_are_no_other_language(tag: str) -> None:
    assert identify(ARTICLE[tag].upper())[0] == tag


@pytest.mark.parametrize("tag", samples.LANGUAGES)
@pytest.mark.parametrize("kind", ["page", "layout"])
def test_generated_pages_are_told_apart_misread_letters_and_all(tag: str, kind: str) -> None:
    random = Random(5)
    for seed in range(3):
        text = samples.make(kind, seed=seed, language=tag, dpi=75).truth.text
        misread = "".join(random.choice("aeintrl1") if random.random() < 0.05 else c for c in text)
        assert identify(text)[0] == tag
        assert identify(misread)[0] == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "12.50 3/4 1977-03-01",
        "Ok.",
        "Total 12.50",
    ],
)
def test_what_tells_no_language_is_undetermined(text: str) -> None:
    found, sureness = identify(text)
    assert found == "und"
    assert sureness <= 0.5


def test_letters_by_chance_are_no_language() -> None:
    random = Random(1)
    for _ in range(20):
        found, sureness = identify("".join(random.choice("abcdefghijklmnopqrstuvwxyz  ") for _ in range(500)))
        assert found == "und"
        assert sureness <= 0.5


def test_more_text_makes_it_surer() -> None:
    words = ARTICLE["nl"].split()
    assert identify(" ".join(words[:5]))[1] <= identify(" ".join(words))[1]


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    found, sureness = identify(text)
    assert 0 <= sureness <= 1
    assert found == "und" or find(found).tag == found or found == "vi"


def test_a_page_takes_milliseconds() -> None:
    text = "\n".join(ARTICLE.values()) * 3
    start = process_time()
    for _ in range(10):
        identify(text)
    assert process_time() - start < 0.5


def test_no_file_is_opened_after_the_import() -> None:
    code = (
        "import sys\nfrom cloister.ocr.engine.language import identify\n"
        "sys.addaudithook(lambda event, args: sys.exit(9) if event in ('open', 'import') else None)\n"
        "sys.exit(identify('All human beings are born free and equal in dignity and rights')[0] != 'en')\n"
    )
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0


def test_the_table_is_sorted_and_whole() -> None:
    table = language._TABLE
    keys = table.keys.tolist()
    assert keys == sorted(set(keys))
    assert key(b" the ") in keys
    assert table.weights.shape == (len(keys), len(table.tags))
    assert len(set(table.tags)) == len(table.tags) == 48
