"""The only door to OpenVINO: silent, on one thread, in one process.

A plain `import openvino` also imports openvino_telemetry, which writes into the home folder and makes a
DNS query. Its modules are struck out first, so that this import opens no socket and writes no file. No
model cache is kept on disk. Nothing here starts a thread that outlives a call: a worker must be alone in
its process when it locks itself, as Landlock binds the calling thread only.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

for _silenced in ("openvino_telemetry", "openvino.tools", "openvino.tools.ovc"):
    sys.modules[_silenced] = None  # type: ignore[assignment]
for _pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import cv2  # noqa: E402 - the thread pools are bounded before they exist
import numpy as np  # noqa: E402
import openvino as ov  # noqa: E402
from openvino import opset13 as op  # noqa: E402

__all__ = ["Network", "op", "ov", "read", "version"]

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]
    Whole = NDArray[np.int32]

cv2.setNumThreads(1)

_SETTINGS: dict[str, Any] = {
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 0,
    "ENABLE_CPU_PINNING": False,
    "PERF_COUNT": False,
}


def version() -> str:
    """The version of the runtime."""
    return str(ov.__version__)


class Network:
    """A compiled model. Called with one array of bytes, it gives its outputs as arrays.

    The arrays are views of the runtime's own memory: they hold until the next call.
    """

    def __init__(self, model: ov.Model, precision: str) -> None:
        settings = _SETTINGS | {"INFERENCE_PRECISION_HINT": precision}
        self._request = ov.Core().compile_model(model, "CPU", settings).create_infer_request()
        self._outputs = len(model.outputs)

    def __call__(self, pixels: Pixels) -> list[NDArray[Any]]:
        """Run the model."""
        self._request.set_input_tensor(ov.Tensor(pixels, shared_memory=True))
        self._request.infer()
        return [self._request.get_output_tensor(k).data for k in range(self._outputs)]


def read(xml: bytes, weights: bytes) -> ov.Model:
    """Give the model that these two files' bytes describe."""
    return ov.Core().read_model(xml, ov.Tensor(np.frombuffer(weights, np.uint8)))
