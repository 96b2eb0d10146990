"""The only door to OpenVINO: silent, on one thread, in one process.

A plain `import openvino` also imports openvino_telemetry, which writes into the home folder and makes a
DNS query. Its modules are struck out first, so that this import opens no socket and writes no file. No
model cache is kept on disk. Nothing here starts a thread that outlives a call: a worker must be alone in
its process when it locks itself, as Landlock binds the calling thread only.
"""

from __future__ import annotations

import ctypes
import io
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

for _silenced in ("openvino_telemetry", "openvino.tools", "openvino.tools.ovc"):
    sys.modules[_silenced] = None  # type: ignore[assignment]
for _pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import cv2  # noqa: E402 - the thread pools are bounded before they exist
import numpy as np  # noqa: E402
import openvino as ov  # noqa: E402
from openvino import opset13 as op  # noqa: E402

__all__ = ["Network", "op", "ov", "read", "start_no_threads", "version"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]
    Whole = NDArray[np.int32]

cv2.setNumThreads(1)

_SETTINGS: dict[str, Any] = {
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 0,
    "ENABLE_CPU_PINNING": False,
    "INFERENCE_PRECISION_HINT": "f32",
}
_HOW_MANY = "_ZN3tbb6detail2r115max_concurrencyEPKNS0_2d115task_arena_baseE"
"""How C++ spells `tbb::detail::r1::max_concurrency(task_arena_base const*)`."""
_WHITE = 255
_CALLBACKS = "CACHE_ENCRYPTION_CALLBACKS"


def version() -> str:
    """The version of the runtime."""
    return str(ov.__version__)


def start_no_threads() -> None:
    """Keep the runtime from ever starting a thread that stays.

    Its thread library (oneTBB) asks once, when its number of threads is first wanted, how many cores this
    thread may use, and later starts one thread less. Asked while there is but one, it starts none. The
    runtime itself asks later: it must find all of them, as it sends its callers back to those that it found.
    """
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123 - pathlib is not loaded in a jail
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if "/libtbb.so" in line}
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        for path in paths:
            if ask := getattr(ctypes.CDLL(path), _HOW_MANY, None):
                ask(None)
    finally:
        os.sched_setaffinity(0, allowed)


class Network:
    """A compiled model. Called with one array of bytes, it gives its outputs as arrays.

    The arrays are views of the runtime's own memory: they hold until the next call.
    """

    def __init__(self, model: ov.Model, *, fixed: bool = False) -> None:
        """Compile for any shape, or make ready to be compiled for each `fixed` shape apart."""
        self._outputs = len(model.outputs)
        self._fixed: dict[tuple[int, ...], Any] = {}
        self._exported = _Exported(model) if fixed else None
        self._any = None if fixed else _compiled(model, _SETTINGS).create_infer_request()

    def preparing(self, shapes: Iterable[tuple[int, ...]]) -> list[Callable[[], None]]:
        """Give the work after which nothing is left to compile for these shapes, in parts that may run side by side."""
        exported, self._exported = self._exported, None
        if exported is None:
            return [lambda: self._run(shapes)]
        return [partial(self._prepare, exported, shape) for shape in shapes]

    def _prepare(self, exported: _Exported, shape: tuple[int, ...]) -> None:
        self._fixed[shape] = exported.fixed(shape)
        self._run([shape])

    def _run(self, shapes: Iterable[tuple[int, ...]]) -> None:
        for shape in shapes:
            self(np.full(shape, _WHITE, np.uint8))

    def __call__(self, pixels: Pixels) -> list[NDArray[Any]]:
        """Run the model."""
        request = self._fixed.get(pixels.shape, self._any)
        if request is None:
            raise ValueError("a shape that was not prepared")
        request.set_input_tensor(ov.Tensor(pixels, shared_memory=True))
        request.infer()
        return [request.get_output_tensor(k).data for k in range(self._outputs)]


def _compiled(model: ov.Model, settings: dict[str, Any]) -> ov.CompiledModel:
    return ov.Core().compile_model(model, "CPU", settings)


class _Exported:
    """A model that the runtime has already rewritten for this processor, to be compiled for one shape after another.

    A model compiled for one fixed shape runs 10 to 15% faster than one for any shape, but to compile it
    takes 0.4 seconds, most of it for rewriting the graph. The runtime can export the rewritten graph, and
    when it takes it in again it asks a function to decrypt its description: there the fixed shape goes in.
    """

    def __init__(self, model: ov.Model) -> None:
        description: list[bytes] = []

        def keep(held: bytes) -> bytes:
            description.append(held)
            return held

        (shape,) = (p.get_partial_shape() for p in model.get_parameters())
        self._model = model
        self._mark = _marked(tuple("?" if d.is_dynamic else str(d.get_length()) for d in shape))
        self._blob = _compiled(model, _SETTINGS | {_CALLBACKS: [keep, keep]}).export_model().getvalue()
        self._description = description[0] if len(description) == 1 else b""

    def fixed(self, shape: tuple[int, ...]) -> Any:  # noqa: ANN401 - the runtime is untyped
        """Give a request for this shape. Should the runtime's export change one day, it is compiled the slow way."""
        described = [self._description.replace(self._mark, _marked(tuple(str(n) for n in shape)), 1)]
        # Asked for once; the runtime keeps the function as long as the model, and what it gave would stay with it.
        settings = _SETTINGS | {_CALLBACKS: [lambda held: held, lambda _: described.pop()]}
        compiled = ov.Core().import_model(io.BytesIO(self._blob), "CPU", settings) if self._description else None
        if compiled is None or compiled.inputs[0].partial_shape != ov.PartialShape(list(shape)):
            model = self._model.clone()
            model.reshape(list(shape))
            compiled = _compiled(model, _SETTINGS)
        return compiled.create_infer_request()


def _marked(shape: tuple[str, ...]) -> bytes:
    return b'<data shape="' + ",".join(shape).encode("ascii") + b'" element_type="u8"'


def read(xml: bytes, weights: bytes) -> ov.Model:
    """Give the model that these two files' bytes describe."""
    return ov.Core().read_model(xml, ov.Tensor(np.frombuffer(weights, np.uint8)))
