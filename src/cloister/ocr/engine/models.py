"""The shipped models, checked against their hashes before anything of them is used.

One recogniser file serves two kinds of worker. The full head knows 18,710 classes, Chinese and Japanese
among them; the Latin head is the same matrix with only the rows of Latin script, digits and symbols, which
saves a quarter of the recogniser's time.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cloister.languages import Script
from cloister.ocr import models as shipped
from cloister.ocr.engine.runtime import Network, op, ov, read
from cloister.ocr.engine.script import Scripts
from cloister.ocr.engine.shapes import BATCHES, FEW, Batch
from cloister.ocr.engine.spaces import Spacing

if TYPE_CHECKING:
    from cloister.ocr.engine.runtime import Whole

BLANK = 0
"""The class that says: no character here."""
HEADS = ("latin", "full")
_MARKS = frozenset("ȘșȚțƏəƠơƯưẠồ–—―‘’“”†‡•…‰′″※⁰⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉€₤₩₫₱₹₺₽₿℃℉™Ω←↑→↓↔⇒⇔")  # noqa: RUF001
_SIGNS = frozenset("∂∆∈∏∑−√∞∠∥∧∨∩∪∫∴≈≠≡≤≥⊂⊃⊕⊥⋅①②③④⑤⑥⑦⑧⑨⑩■□▪▫▲△▶▷▼▽◀◆◇○●★☆☎☐☑☒♀♂✓✔✕✗✘")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Reader:
    """A recogniser with its classes; class 0 is the blank."""

    network: Network
    characters: tuple[str, ...]
    batches: tuple[Batch, ...]
    """The shapes that may be run."""
    scripts: Scripts
    """What tells the scripts of what it reads."""


def is_latin(character: str) -> bool:
    """Whether the Latin head keeps this character.

    It keeps the letters of 48 languages (Latin-1, Latin Extended-A and a few), Greek for formulas, digits,
    punctuation, currencies and the usual signs. What it leaves out it cannot take a letter for.
    """
    if len(character) != 1:
        return False
    return ord(character) < 0x180 or 0x391 <= ord(character) < 0x3CA or character in _MARKS | _SIGNS


def load_detector() -> Network:
    """The detector: grey bytes in, the probability of text as a byte each pixel out."""
    return Network(read(shipped.load("detector.xml"), shipped.load("detector.bin")))


def load_recogniser(head: str, *, once: bool = False, raw: bool = False) -> Reader:
    """The recogniser with the head asked for.

    Compiled apart for each shape it runs a tenth faster, and takes two seconds longer to be ready: for one
    page (`once`) it is compiled for any shape.

    Its outputs, for each of N lines and T steps of 8 pixels: the probability of the best class, its
    index, and the probability of a space; and, N × features × T, what tells the script (`raw`: what that is made of).
    """
    characters = ("", *shipped.load("characters.txt").decode("utf-8").split("\n")[:-1], " ")
    model = read(shipped.load("recogniser.xml"), shipped.load("recogniser.bin"))
    if head == "latin":
        keep = [k for k, c in enumerate(characters) if k == BLANK or is_latin(c)]
        prune(model, len(characters), np.array(keep, dtype=np.int32))
        characters = tuple(characters[k] for k in keep)
    scripts = load_scripts()
    finish(model, characters.index(" "), None if raw else scripts)
    if once:
        return Reader(Network(model), characters, FEW, scripts)
    return Reader(Network(model, fixed=True), characters, BATCHES, scripts)


def load_spacing() -> Spacing:
    """The weights that part words."""
    with np.load(io.BytesIO(shipped.load("spacing.npz")), allow_pickle=False) as held:
        return Spacing(held["first"], held["first_bias"], held["second"], float(held["second_bias"]))


def load_scripts() -> Scripts:
    """The weights that tell scripts apart."""
    with np.load(io.BytesIO(shipped.load("script.npz")), allow_pickle=False) as held:
        names = tuple(Script[str(name)] for name in held["names"])
        return Scripts(held["first"], held["first_bias"], held["second"], held["second_bias"], names)


def prune(model: ov.Model, classes: int, keep: Whole) -> None:
    """Keep only some classes of the last layer: every constant with one entry a class is cut down."""
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Constant" or classes not in (shape := tuple(node.get_output_shape(0))):
            continue
        cut = np.take(np.asarray(node.data), keep, axis=shape.index(classes))
        node.output(0).replace(op.constant(np.ascontiguousarray(cut), node.get_element_type()).output(0))
    model.validate_nodes_and_infer_types()


def finish(model: ov.Model, space: int, scripts: Scripts | None) -> None:
    """Put what the decoder wants in place of the logits, so that they never leave the model."""
    (result,) = model.get_results()
    features = _features(result.input_value(0).get_node())
    if scripts is not None:
        weights = np.ascontiguousarray(scripts.first.T[:, :, None, None])
        features = op.convolution(features, op.constant(weights), [1, 1], [0, 0], [0, 0], [1, 1])
        features = op.relu(op.add(features, op.constant(scripts.first_bias[None, :, None, None])))
    features = op.squeeze(features, op.constant(np.array([2])))
    shares: Any = op.softmax(result.input_value(0), 2)
    best = op.topk(shares, op.constant(np.int64(1)), 2, "max", "none", "i32")
    spaces = op.gather(shares, op.constant(np.array([space])), op.constant(np.int64(2)))
    model.add_results([op.result(best.output(0)), op.result(best.output(1)), op.result(spaces), op.result(features)])
    model.remove_result(result)
    model.validate_nodes_and_infer_types()


def _features(node: Any) -> Any:  # noqa: ANN401 - the runtime is untyped
    """What the last convolution before this node looks at: N × features × 1 × T.

    It is all that the recogniser knows of each place; later layers keep what tells its own characters apart.
    """
    while node.get_type_name() != "Convolution":
        inputs = (port.get_source_output().get_node() for port in node.inputs())
        node = next(held for held in inputs if held.get_type_name() != "Constant")
    return node.input_value(0)
