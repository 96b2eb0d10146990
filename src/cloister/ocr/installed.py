"""What this installation reads with: models and their hashes, versions, and the sandbox's layers."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from cloister.jail import host

_PARTS = ("cloister", "openvino", "pypdfium2", "pillow", "pi-heif", "opencv-python-headless", "pikepdf")


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Each component that takes part in a reading, with its version; none of them is imported for this."""
    found = []
    for part in _PARTS:
        try:
            found.append((part, metadata.version(part)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


@cache
def models() -> tuple[tuple[str, str], ...]:
    """Each shipped model with the SHA-256 of its file, as the list beside the models says."""
    from cloister.ocr import models as shipped  # noqa: PLC0415

    return shipped.hashes()


@cache
def layers() -> tuple[str, ...]:
    """The layers of the sandbox that this host gives."""
    return host.layers()
