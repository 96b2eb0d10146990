"""The PP-OCRv6 models as the rapidocr wheel carries them, checked against the hashes they are known by."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cloister.ocr.engine.runtime import ov

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
_KNOWN = {
    DETECTOR: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    RECOGNISER: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}


def folder() -> Path:
    """Where the wheel keeps its models; the package itself is not imported, as it starts a runtime."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise SystemExit("the models are built from the rapidocr wheel: install it first")
    return Path(spec.origin).parent / "models"


def load(name: str) -> ov.Model:
    """Give one model, or refuse to build from a file that is not the one known here."""
    path = folder() / name
    if hashlib.sha256(path.read_bytes()).hexdigest() != _KNOWN[name]:
        raise SystemExit("this is not the " + name + " that the build was made for")
    return ov.Core().read_model(path)


def characters(recogniser: ov.Model) -> list[str]:
    """The recogniser's classes in order: the blank (an empty text), its characters, the space."""
    info: Any = recogniser.get_rt_info()
    return ["", *info["framework"]["character"].value.splitlines(), " "]
