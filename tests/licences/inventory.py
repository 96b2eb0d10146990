"""Looks at what is installed: distributions, libraries in their wheels, licence files, the data of the package."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).parent.parent.parent
LIBRARY = re.compile(r"\.so(\.|$)|\.dylib$|\.dll$", re.ASCII)
EXTENSION = re.compile(r"\.(cpython-[^.]+|abi3|abi3t)\.so$|\.pyd$", re.ASCII)
"""A module of the distribution itself, not a library that came along."""
GPL = re.compile(rb"GNU\s+(AFFERO\s+)?GENERAL\s+PUBLIC\s+LICENSE")


def known() -> dict[str, Any]:
    """What was found and written down."""
    return tomllib.loads((ROOT / "tests/licences/known.toml").read_text())


def pinned(requirements: str = "runtime") -> list[str]:
    """The distributions that a user gets."""
    text = (ROOT / f"requirements/{requirements}.txt").read_text()
    return sorted(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE))


def files(name: str) -> list[metadata.PackagePath]:
    """The files that a distribution installed."""
    return list(metadata.files(name) or [])


def is_library(path: str) -> bool:
    """Whether this is a library, and not a module of the distribution."""
    name = PurePosixPath(path).name
    return bool(LIBRARY.search(name)) and not EXTENSION.search(name)


def libraries(name: str) -> list[str]:
    """The file names of the libraries in a distribution's wheel."""
    return sorted({PurePosixPath(path).name for path in map(str, files(name)) if is_library(path)})


def entry_of(library: str, listed: dict[str, str]) -> str | None:
    """The longest listed name that the library's file name begins with."""
    found = [stem for stem in listed if re.match(rf"{re.escape(stem)}(\d*[-._]|_)", library)]
    return max(found, key=len) if found else None


def is_permitted(expression: str, permitted: list[str]) -> bool:
    """Whether an SPDX expression of ANDs and ORs can be met with what is permitted."""
    return all(any(part.strip() in permitted for part in term.split(" OR ")) for term in expression.split(" AND "))


def gpl_texts(name: str) -> list[str]:
    """Licence files that hold the text of the GPL or the AGPL."""
    found = set()
    for path in files(name):
        if re.search(r"licen[cs]e|copying|third-party|gpl", str(path), re.IGNORECASE) and path.suffix in {
            "",
            ".txt",
            ".md",
        }:
            located = Path(str(path.locate()))
            if located.is_file() and GPL.search(located.read_bytes()):
                found.add(f"{name}/{path.name}")
    return sorted(found)


def own_texts(name: str) -> str:
    """The licence files of a wheel, paths included, in lower case."""
    parts = []
    for path in files(name):
        located = Path(str(path.locate()))
        if re.search(r"licen[cs]|copying|third-party|sboms", str(path), re.IGNORECASE) and located.is_file():
            parts += [str(path), located.read_text(errors="ignore")]
    return " ".join(" ".join(parts).lower().split())
