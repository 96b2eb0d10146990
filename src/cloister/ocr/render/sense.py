"""Whether the characters of a text layer can be what the page shows: garbled layers come from lost encodings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_BAD_SHARE = 0.03
_LEAST_LETTERS = 120
_LEAST_COMMON = 0.46
_LATIN_SHARE = 0.9
_WORD = re.compile(r"[a-z]+")
_COMMON_PAIRS = (
    # The usual pairs of letters in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech,
    # Swedish and Finnish; more than half of the pairs in any text in these are among them.
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi "
    "ri ro ic ne ea ra ce li ch ll be ma si om ur ei ie ge un ns di au sc da ss ic el la ai em qu et os ue do "
    "ci ta ad no il ee aa oo ij va ie ni cz sz rz ow na wi za po pr ka ko ku sk tt ja mi vi so lo mo tr us ut "
    "ir am ac ap ab ag ec ho wa we wh ho ly ry ty ll ff pe pa pl sp ca ke ki lu ul um ot od op ol ov ia un ig "
    "id im iv su sa ss fo fi fr fe ga gr gi go gl bi bo br bl av ay aj aw ey ew ex ep eg ef eu ev du ud tu"
)
_COMMON = frozenset(_COMMON_PAIRS.split())
_UNSEEN = frozenset({"Cn", "Co", "Cs", "Cc"})


def strange(character: str) -> bool:
    """Whether no honest text has this character: unassigned, private, a control or the replacement sign."""
    return character == "\ufffd" or unicodedata.category(character) in _UNSEEN


def makes_sense(words: Iterable[str], bad: int, total: int) -> bool:
    """Whether a layer of `total` characters, `bad` of them without a meaning, reads like text.

    Texts in Latin letters must look like a language: a simple substitution, which a lost encoding often
    is, has other pairs of letters. Short texts, numbers and other scripts pass.
    """
    if bad > _BAD_SHARE * total:
        return False
    text = unicodedata.normalize("NFD", " ".join(words)).lower()
    letters = sum(character.isalpha() for character in text)
    runs = _WORD.findall(text)
    latin = sum(map(len, runs))
    if latin < _LEAST_LETTERS or latin < _LATIN_SHARE * letters:
        return True
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return sum(pair in _COMMON for pair in pairs) >= _LEAST_COMMON * len(pairs)
