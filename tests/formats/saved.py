"""What a folder holds."""

from __future__ import annotations

from pathlib import Path


def content(folder: Path) -> dict[str, bytes]:
    """Every file of the folder by its name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
