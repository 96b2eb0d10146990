"""Languages by their codes: which there are, their script, and which of them the shipped models read.

Codes of ISO 639-1, 639-2 (both sorts), 639-3 and BCP 47 are understood, and the names that Tesseract's
language files have. Pure data; importable anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cloister.errors import UnknownLanguage, UnreadableLanguage

MOST_LANGUAGES = 10
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class Script(Enum):
    """Scripts, by the names that messages call them."""

    LATIN = "Latin"
    VIETNAMESE = "Latin with the letters of Vietnamese"
    AFRICAN = "Latin with dotted letters"
    HAN = "Chinese or Japanese"
    CYRILLIC = "Cyrillic"
    GREEK = "Greek"
    ARABIC = "Arabic"
    HEBREW = "Hebrew"
    DEVANAGARI = "Devanagari"
    BENGALI = "Bengali"
    GURMUKHI = "Gurmukhi"
    GUJARATI = "Gujarati"
    ORIYA = "Oriya"
    TAMIL = "Tamil"
    TELUGU = "Telugu"
    KANNADA = "Kannada"
    MALAYALAM = "Malayalam"
    SINHALA = "Sinhala"
    THAI = "Thai"
    LAO = "Lao"
    BURMESE = "Burmese"
    KHMER = "Khmer"
    TIBETAN = "Tibetan"
    HANGUL = "Korean"
    GEORGIAN = "Georgian"
    ARMENIAN = "Armenian"
    ETHIOPIC = "Ethiopic"
    THAANA = "Thaana"
    UNKNOWN = "unknown"


READABLE = frozenset({Script.LATIN, Script.HAN})
"""Scripts whose every letter the shipped recogniser knows."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its BCP 47 tag, its English name, its script, and the other codes that mean it."""

    tag: str
    name: str
    script: Script
    codes: tuple[str, ...]

    @property
    def readable(self) -> bool:
        """Whether the shipped models read it."""
        return self.script in READABLE


# Tag, three-letter codes (and Tesseract's names), English name.
_LATIN = """
af afr Afrikaans|an arg Aragonese|az aze,azj,az-latn Azerbaijani|br bre Breton|bs bos Bosnian|ca cat,val Catalan
co cos Corsican|cs ces,cze Czech|cy cym,wel Welsh|da dan,dan-frak Danish|de deu,ger,deu-frak,deu-latf,frk German
en eng English|eo epo Esperanto|es spa,cas Spanish|et est,ekk Estonian|eu eus,baq Basque|fi fin Finnish
fil fil Filipino|fo fao Faroese|fr fra,fre French|fy fry Frisian|ga gle Irish|gd gla Scottish Gaelic|gl glg Galician
hr hrv Croatian|ht hat Haitian|hu hun Hungarian|id ind Indonesian|is isl,ice Icelandic|it ita,ita-old Italian
jv jav Javanese|ku kur,kmr Kurdish|la lat Latin|lb ltz Luxembourgish|lt lit Lithuanian|lv lav,lvs Latvian
mi mri,mao Maori|ms msa,may,zsm Malay|mt mlt Maltese|nb nob Norwegian Bokmål|nl nld,dut Dutch
nn nno Norwegian Nynorsk|no nor Norwegian|oc oci Occitan|pl pol Polish|pt por Portuguese|qu que,quz Quechua
rm roh Romansh|ro ron,rum,mo,mol Romanian|sk slk,slo,slk-frak Slovak|sl slv Slovenian|sq sqi,alb,als Albanian
sr-Latn srp-latn Serbian|su sun Sundanese|sv swe Swedish|sw swa,swh Swahili|tl tgl Tagalog|tr tur Turkish
uz uzb,uzn,uz-latn Uzbek|wa wln Walloon|xh xho Xhosa|zu zul Zulu
"""
_OTHER = {
    Script.VIETNAMESE: "vi vie Vietnamese",
    Script.AFRICAN: "ig ibo Igbo|yo yor Yoruba|pi pli Pali",
    Script.HAN: "zh zho,chi,cmn,chi-sim,chi-tra,chi-sim-vert,chi-tra-vert,zh-hans,zh-hant Chinese"
    "|ja jpn,jpn-vert,ja-jpan Japanese",
    Script.CYRILLIC: "ru rus Russian|uk ukr Ukrainian|be bel Belarusian|bg bul Bulgarian|mk mkd,mac Macedonian"
    "|sr srp,sr-cyrl Serbian|kk kaz Kazakh|ky kir Kyrgyz|tg tgk Tajik|tt tat Tatar|mn mon,khk Mongolian"
    "|az-Cyrl aze-cyrl Azerbaijani|uz-Cyrl uzb-cyrl Uzbek",
    Script.GREEK: "el ell,gre Greek|grc grc Ancient Greek",
    Script.ARABIC: "ar ara,arb Arabic|fa fas,per,pes Persian|ur urd Urdu|ps pus,pbt Pashto|ug uig Uighur"
    "|sd snd Sindhi|ckb ckb Central Kurdish",
    Script.HEBREW: "he heb,iw Hebrew|yi yid,ji Yiddish",
    Script.DEVANAGARI: "hi hin Hindi|mr mar Marathi|ne nep,npi Nepali|sa san Sanskrit",
    Script.BENGALI: "bn ben Bengali|as asm Assamese",
    Script.GURMUKHI: "pa pan Punjabi",
    Script.GUJARATI: "gu guj Gujarati",
    Script.ORIYA: "or ori,ory Odia",
    Script.TAMIL: "ta tam Tamil",
    Script.TELUGU: "te tel Telugu",
    Script.KANNADA: "kn kan Kannada",
    Script.MALAYALAM: "ml mal Malayalam",
    Script.SINHALA: "si sin Sinhala",
    Script.THAI: "th tha Thai",
    Script.LAO: "lo lao Lao",
    Script.BURMESE: "my mya,bur Burmese",
    Script.KHMER: "km khm Khmer",
    Script.TIBETAN: "bo bod,tib Tibetan|dz dzo Dzongkha",
    Script.HANGUL: "ko kor,kor-vert Korean",
    Script.GEORGIAN: "ka kat,geo Georgian",
    Script.ARMENIAN: "hy hye,arm Armenian",
    Script.ETHIOPIC: "am amh Amharic|ti tir Tigrinya",
    Script.THAANA: "dv div Dhivehi",
}


def _read(table: str, script: Script) -> list[Language]:
    found = []
    for entry in table.strip().replace("\n", "|").split("|"):
        tag, codes, name = entry.split(" ", 2)
        found.append(Language(tag, name, script, tuple(codes.split(","))))
    return found


LANGUAGES: tuple[Language, ...] = tuple(
    language for script, table in {Script.LATIN: _LATIN, **_OTHER}.items() for language in _read(table, script)
)
_BY_CODE = {code.lower(): language for language in LANGUAGES for code in (language.tag, *language.codes)}


def find(code: str) -> Language:
    """The language that a code means; raises `UnknownLanguage`.

    A region or variant is accepted and left out (`pt-BR` is Portuguese); a script counts where the
    language has several (`sr-Latn`).
    """
    tag = code.strip().lower().replace("_", "-")
    parts = tag.split("-") if _TAG.fullmatch(tag) else []
    while parts:
        if (language := _BY_CODE.get("-".join(parts))) is not None:
            return language
        parts.pop()
    raise UnknownLanguage


def parse(text: str) -> tuple[str, ...]:
    """Understand `eng+deu`: BCP 47 tags of the languages named, each once, in their order.

    Raises `UnknownLanguage`, or `UnreadableLanguage` where no shipped model reads the script.
    """
    found: dict[str, Language] = {}
    for code in text.replace(",", "+").split("+"):
        language = find(code)
        if not language.readable:
            raise UnreadableLanguage(script=language.script)
        found[language.tag] = language
    if len(found) > MOST_LANGUAGES:
        raise UnknownLanguage
    return tuple(found)
