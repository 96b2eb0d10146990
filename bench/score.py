"""Scores what was read against the truth of a set.

`words_f1` compares bags of words, so order does not matter (case folded, outer punctuation dropped);
`words_recall` and `words_precision` are its parts. `glued` is the share of true words that are found
when white space is ignored: it tells a missed word from a missing space. `line_cer` lays each true
line on the stretch of the page's text that fits it best. `page_cer` is the whole page in order, where
the truth gives one. `chars_ratio` is characters read over characters true: far above 1 means that
something was read twice.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

OUTER = ".,:;!?()[]{}\"'`“”‘’«»„-_*|/\\=~•·—–¬"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Score:
    """The figures of one set; None where the truth cannot tell."""

    pages: int
    missing: int
    words_f1: float
    words_recall: float
    words_precision: float
    glued: float | None
    line_cer: float | None
    page_cer: float | None
    chars_ratio: float | None


def _folded(text: str, *, case: bool) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text.casefold() if case else text


def _words(text: str) -> Counter[str]:
    stripped = (word.casefold().strip(OUTER) for word in unicodedata.normalize("NFC", text).split())
    return Counter(word for word in stripped if word)


def _true_text(truth: dict[str, Any]) -> str | None:
    if truth.get("text"):
        return str(truth["text"])
    for part in ("lines", "words"):
        if truth.get(part):
            return "\n".join(item["text"] for item in truth[part])
    return None


def read_text(folder: Path, name: str) -> str | None:
    """Give the text that a tool wrote for a page: NAME.json of Cloister or NAME.txt of anyone; None if neither."""
    if (path := folder / f"{name}.json").exists():
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document.get("text"), str):
            return str(document["text"])
        return "\n".join(page["text"] for page in document["pages"])
    if (path := folder / f"{name}.txt").exists():
        return path.read_text(encoding="utf-8", errors="replace")
    return None


def _lines(sums: Counter[str], truth: dict[str, Any], want: str, got: str, *, case: bool) -> None:
    text = _folded(got, case=case)
    lines = [item["text"] for item in truth.get("lines") or []] or want.splitlines()
    for line in filter(None, (_folded(line, case=case) for line in lines)):
        spot = fuzz.partial_ratio_alignment(line, text) if len(text) >= len(line) else None
        best = text[spot.dest_start : spot.dest_end] if spot else text
        sums["line edits"] += min(len(line), Levenshtein.distance(line, best))
        sums["line chars"] += len(line)


def _page(sums: Counter[str], truth: dict[str, Any], got: str) -> None:
    case = truth.get("text_case") is not None
    want = _true_text(truth) or ""
    true_words, read_words = _words(want), _words(got)
    sums["hit"] += (true_words & read_words).total()
    sums["want"] += true_words.total()
    sums["got"] += read_words.total()
    solid = _SPACE.sub("", got.casefold())
    sums["glued"] += sum(count for word, count in true_words.items() if word in solid)
    if truth.get("text") or truth.get("lines"):
        _lines(sums, truth, want, got, case=case)
    if truth.get("text"):
        whole, text = _folded(want, case=case), _folded(got, case=case)
        sums["chars read"] += len(text)
        sums["page edits"] += min(len(whole), Levenshtein.distance(whole, text))
        sums["page chars"] += len(whole)


def score(truths: Path, read: Path, prefix: str = "", only: Collection[str] | None = None) -> Score:
    """Score the texts in `read` against every truth in `truths`; a page that is missing counts as empty.

    `prefix` stands before the page's name in the name of what was read; `only` names the pages that count.
    """
    sums: Counter[str] = Counter()
    for path in sorted(truths.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if _true_text(truth) is None or (only is not None and path.stem not in only):
            continue
        got = read_text(read, prefix + path.stem)
        sums["pages"] += 1
        sums["missing"] += got is None
        _page(sums, truth, got or "")

    def ratio(part: str, whole: str) -> float | None:
        return round(sums[part] / sums[whole], 4) if sums[whole] else None

    recall, precision = ratio("hit", "want") or 0.0, ratio("hit", "got") or 0.0
    f1 = round(2 * recall * precision / (recall + precision), 4) if recall + precision else 0.0
    return Score(
        pages=sums["pages"],
        missing=sums["missing"],
        words_f1=f1,
        words_recall=recall,
        words_precision=precision,
        glued=ratio("glued", "want"),
        line_cer=ratio("line edits", "line chars"),
        page_cer=ratio("page edits", "page chars"),
        chars_ratio=ratio("chars read", "page chars"),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(score(Path(sys.argv[1]) / "truth", Path(sys.argv[2])))))
