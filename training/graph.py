"""The published graphs, made lean: grey bytes in, fused operations, and no shape arithmetic at run time."""

from __future__ import annotations

from typing import Any

import numpy as np

from cloister.ocr.engine.runtime import ov
from cloister.ocr.engine.shapes import HEIGHT

from openvino import opset13 as ops  # isort: skip - only after the runtime has silenced it
from openvino._offline_transformations import apply_moc_transformations

_TRAINED_HEIGHT = 48


def constant(node: Any) -> np.ndarray:
    """The value behind a constant, through conversions."""
    while node.get_type_name() != "Constant":
        node = node.input_value(0).get_node()
    return np.asarray(node.data)


def _next(node: Any) -> Any:
    return next(iter(node.output(0).get_target_inputs())).get_node()


def grey(model: ov.Model) -> None:
    """Take grey bytes, N×H×W×1, in place of three equal normalised channels.

    The three input channels of the first convolution are summed into one: a third of its work. Both models
    were trained on (value / 127.5 − 1), and pad with its zero.
    """
    (old,) = model.get_parameters()
    conv = _next(old)
    while conv.get_type_name() != "Convolution":
        conv = _next(conv)
    n, _, h, w = old.get_partial_shape()
    new = ops.parameter(ov.PartialShape([n, h, w, 1]), np.uint8, name="grey")
    x = ops.subtract(ops.convert(new, "f32"), ops.constant(np.float32(127.5)))
    x = ops.transpose(x, ops.constant(np.array([0, 3, 1, 2])))
    weights = constant(conv.input_value(1).get_node()).sum(axis=1, keepdims=True).astype(np.float32) / 127.5
    a = conv.get_attributes()
    lean = ops.convolution(
        x, ops.constant(weights), a["strides"], a["pads_begin"], a["pads_end"], a["dilations"], a["auto_pad"]
    )
    conv.output(0).replace(lean.output(0))
    model.add_parameters([new])
    model.remove_parameter(old)
    new.output(0).set_names({"grey"})


def _result(model: ov.Model, output: Any) -> None:
    (old,) = model.get_results()
    model.add_results([ops.result(output)])
    model.remove_result(old)
    model.validate_nodes_and_infer_types()


def detector(model: ov.Model) -> ov.Model:
    """Grey bytes in, the probability of text out: a byte for each pixel, the four of each 2×2 square as channels.

    The last layer doubles the map by a transposed convolution whose windows do not overlap. The same
    numbers come from a plain convolution with a channel for each pixel of the window, five times as fast;
    whoever takes them puts them in place.
    """
    model.reshape([-1, 3, -1, -1])
    grey(model)
    *_, last = (node for node in model.get_ordered_ops() if node.get_type_name() == "ConvolutionBackpropData")
    windows = constant(last.input_value(1).get_node())
    added = _next(last)
    while added.get_type_name() != "Add":
        added = _next(added)
    bias = np.repeat(constant(added.input_value(1).get_node()).astype(np.float32).reshape(1, 1, 1, 1), 4, axis=1)
    weights = windows[:, 0].reshape(windows.shape[0], 4).T.reshape(4, -1, 1, 1).astype(np.float32)
    ones, none = [1, 1], [0, 0]
    x = ops.convolution(last.input_value(0), ops.constant(np.ascontiguousarray(weights)), ones, none, none, ones)
    probability = ops.sigmoid(ops.add(x, ops.constant(bias)))
    _result(model, ops.convert(ops.multiply(probability, ops.constant(np.float32(255))), "u8"))
    apply_moc_transformations(model, True)
    return model


def recogniser(model: ov.Model) -> ov.Model:
    """Grey bytes in, logits out. The run time prunes the head and adds what it wants to know of it.

    The model was trained on lines 48 pixels high. A third of that is margin, and its convolutions do not
    care: at 32 pixels, with the text itself nearly as large, it reads as well for two thirds of the work.
    What remains of the height at the end (3 rows, now 2) is averaged away by a pool that has to shrink too.
    """
    model.reshape([-1, 3, _TRAINED_HEIGHT, -1])
    for node in model.get_ordered_ops():
        if node.get_type_name() == "AvgPool":
            a = node.get_attributes()
            window = [-(-HEIGHT // 16), 2]
            pool = ops.avg_pool(
                node.input_value(0), window, a["pads_begin"], a["pads_end"], window, a["exclude-pad"],
                a["rounding_type"], a["auto_pad"],
            )  # fmt: skip
            node.output(0).replace(pool.output(0))
    model.reshape([-1, 3, HEIGHT, -1])
    for node in model.get_ordered_ops():
        # One reshape computes its target from the width; it only inserts an axis.
        if node.get_type_name() != "Reshape" or node.input_value(1).get_node().get_type_name() == "Constant":
            continue
        if (len(node.get_input_partial_shape(0)), len(node.get_output_partial_shape(0))) == (3, 4):
            node.output(0).replace(ops.unsqueeze(node.input_value(0), ops.constant(np.int64(1))).output(0))
    grey(model)
    softmax = model.get_results()[0].input_value(0).get_node()
    _result(model, softmax.input_value(0))
    apply_moc_transformations(model, True)
    return model
