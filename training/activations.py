"""Dear activations made cheap: a GELU becomes a hard swish, and the two layers around it are fitted anew.

A GELU takes a quarter of the time of the convolution that it follows; a hard swish, x · clip(x / 6 + ½, 0, 1),
next to nothing. The two differ by up to 0.08, too much to swap them as they are. But each stands between two
pointwise convolutions, and these three together are a small network: it is taught to give what it gave before,
on inputs that the project drew. The second layer is first solved for by least squares, then both are refined
(Adam; Kingma and Ba, 2015). Blocks are taught from front to back, each on what the changed ones before it give,
so that errors are made good and do not add up. The recogniser's last two blocks lose too much (4 and 8% of their
variance, the others up to 3%), and handwriting would be read worse: they keep theirs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cloister.ocr.engine.runtime import ov
from training.graph import constant

from openvino import opset13 as ops  # isort: skip - only after the runtime has silenced it

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloister.ocr.engine.runtime import Pixels

STEEPER = 1.8
"""A hard swish of x · s, divided by s, is nearest to a GELU about here."""
_EPOCHS, _BATCH, _RATE = 25, 2048, 0.04
_RIDGE = 1e-4
_SEED = 5

Floats = NDArray[np.float32]


def straighten(model: ov.Model, inputs: Sequence[Pixels], places: int, *, keep: int = 0) -> ov.Model:
    """Replace every GELU but the last `keep` of a model in single precision, each taught at so many places.

    Tells how much of each block's variance is lost.
    """
    before = model.clone()
    targets = _seen(before, [_next(_next(gelu)).output(0) for gelu in _gelus(before)], inputs, places)
    gelus = list(_gelus(model))
    for target, gelu in zip(targets, gelus[: len(gelus) - keep], strict=False):
        shifted, second = gelu.input_value(0).get_node(), _next(gelu)
        first, added = shifted.input_value(0).get_node(), _next(second)
        (given,) = _seen(model, [first.input_value(0)], inputs, places)
        biases = (_constant_of(node).reshape(-1) for node in (shifted, added))
        block = Block(_matrix(first), next(biases), _matrix(second), next(biases))
        lost = block.learn(given, target)
        print(f"  {gelu.get_friendly_name()}: {lost:.2%} lost", flush=True)
        _set(first, 1, block.first.T[:, :, None, None])
        _set(shifted, _place(shifted), block.first_bias[None, :, None, None])
        _set(second, 1, block.second.T[:, :, None, None])
        _set(added, _place(added), block.second_bias[None, :, None, None])
        gelu.output(0).replace(ops.hswish(gelu.input_value(0)).output(0))
        model.validate_nodes_and_infer_types()
    return model


class Block:
    """Two pointwise layers with a hard swish between them: channels × hidden, hidden, hidden × channels, channels."""

    def __init__(self, first: Floats, first_bias: Floats, second: Floats, second_bias: Floats) -> None:
        """Begin with the weights that were made for a GELU."""
        self.first, self.first_bias = first * np.float32(STEEPER), first_bias * np.float32(STEEPER)
        self.second, self.second_bias = second / np.float32(STEEPER), second_bias

    def learn(self, given: Floats, target: Floats) -> float:
        """Fit the weights; the share of the variance that is lost on the last fifth, which is not learnt from."""
        cut = len(given) * 4 // 5
        self._solve(given[:cut:2], target[:cut:2])
        weights = [self.first, self.first_bias, self.second, self.second_bias]
        means, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
        draw, step, steps = np.random.default_rng(_SEED), 0, _EPOCHS * (cut // _BATCH)
        for _ in range(_EPOCHS):
            order = draw.permutation(cut)
            for at in range(0, cut - _BATCH + 1, _BATCH):
                chosen = order[at : at + _BATCH]
                step += 1
                rate = _RATE / 2 * (1 + math.cos(math.pi * step / steps))
                for k, slope in enumerate(self._slopes(given[chosen], target[chosen])):
                    means[k] += 0.1 * (slope - means[k])
                    squares[k] += 0.01 * (slope**2 - squares[k])
                    way = means[k] / (1 - 0.9**step) / (np.sqrt(squares[k] / (1 - 0.99**step)) + 1e-12)
                    weights[k] -= rate * np.abs(weights[k]).mean() * way
        unseen = target[cut:]
        error = _hard_swish(given[cut:] @ self.first + self.first_bias) @ self.second + self.second_bias - unseen
        return float((error**2).sum() / ((unseen - unseen.mean(0)) ** 2).sum())

    def _solve(self, given: Floats, target: Floats) -> None:
        hidden = _hard_swish(given @ self.first + self.first_bias).astype(np.float64)
        middle, aim = hidden.mean(0), target.mean(0, dtype=np.float64)
        hidden -= middle
        square = hidden.T @ hidden
        square[np.diag_indices_from(square)] += _RIDGE * np.trace(square) / len(square)
        found = np.linalg.solve(square, hidden.T @ (target - aim))
        self.second, self.second_bias = found.astype(np.float32), (aim - middle @ found).astype(np.float32)

    def _slopes(self, given: Floats, target: Floats) -> list[Floats]:
        """The gradients of the squared error; Adam does not care for its scale."""
        before = given @ self.first + self.first_bias
        hidden = _hard_swish(before)
        error = hidden @ self.second + self.second_bias - target
        back = error @ self.second.T * np.where(np.abs(before) < 3, before / 3 + 0.5, before > 0)
        return [given.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]


def _hard_swish(x: Floats) -> Floats:
    return np.asarray(x * np.clip(x / 6 + 0.5, 0, 1), np.float32)


def _gelus(model: ov.Model) -> Iterator[Any]:
    return (node for node in model.get_ordered_ops() if node.get_type_name() == "Gelu")


def _next(node: Any) -> Any:
    """What follows, which is one thing only."""
    (following,) = node.output(0).get_target_inputs()
    return following.get_node()


def _matrix(convolution: Any) -> Floats:
    """The weights of a pointwise convolution: channels in × channels out."""
    return np.ascontiguousarray(constant(convolution.input_value(1).get_node())[:, :, 0, 0].T, np.float32)


def _place(added: Any) -> int:
    """Which input of an addition is the constant."""
    return 1 if "Convolution" in added.input_value(0).get_node().get_type_name() else 0


def _constant_of(added: Any) -> Floats:
    return constant(added.input_value(_place(added)).get_node()).astype(np.float32)


def _set(node: Any, place: int, value: Floats) -> None:
    node.input(place).replace_source_output(ops.constant(np.ascontiguousarray(value)).output(0))


def _seen(model: ov.Model, outputs: Sequence[Any], inputs: Sequence[Pixels], places: int) -> list[Floats]:
    """What passes through some outputs, at places drawn by lot: places × channels each."""
    probed = ov.Model([ops.result(output) for output in outputs], model.get_parameters())
    request = ov.Core().compile_model(probed, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    draw, each = np.random.default_rng(_SEED), -(-places // len(inputs))
    rows: list[list[Floats]] = [[] for _ in outputs]
    for pixels in inputs:
        request.infer([pixels])
        chosen = draw.random(each)
        for k in range(len(outputs)):
            (held,) = request.get_output_tensor(k).data
            flat = held.reshape(len(held), -1)
            rows[k].append(np.ascontiguousarray(flat[:, (chosen * flat.shape[1]).astype(int)].T))
    return [np.concatenate(found) for found in rows]
