"""The sets that are measured: pages/ and truth/, laid out so that every tool reads the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {
    "ehri_typescripts": "eng+dan+deu",
    "handwriting_fr": "fra",
    "print_de_historical": "deu",
    "print_en_it_es": "eng+ita+spa",
    "tapuscorpus_fr": "fra",
}
"""What a peer that must be told the languages is told; a set that is not named here is English."""
PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"}
CLEAN = "clean_a4"
CLEAN_PAGES = 30


@dataclass(frozen=True)
class Set:
    """Pages as they were given, and their truths."""

    name: str
    pages: tuple[Path, ...]
    truths: Path

    @property
    def languages(self) -> str:
        """In Tesseract's way of saying it."""
        return LANGUAGES.get(self.name, "eng")


@dataclass(frozen=True)
class Laid:
    """A set laid out for reading: repeated in whole rounds, each file with its round's number before its name."""

    of: Set
    folder: Path
    pages: tuple[Path, ...]
    pdf: Path
    """The same pages in one PDF, for the peer that reads only that."""


def found(folder: Path) -> Set:
    """Give the set in a folder with pages/ and truth/."""
    pages = tuple(sorted(path for path in (folder / "pages").iterdir() if path.suffix.lower() in PICTURES))
    if not pages:
        sys.exit(f"{folder} has no pictures in pages/")
    return Set(folder.name, pages, folder / "truth")


def first(pages: Set, count: int) -> Set:
    """The set's first pages only."""
    return Set(pages.name, pages.pages[:count], pages.truths)


def clean_a4(work: Path, python: str, count: int = CLEAN_PAGES) -> Set:
    """Give generated clean A4 pages; the same ones every time."""
    folder = work / f"generated-{count}" / CLEAN
    shutil.rmtree(folder, ignore_errors=True)
    command = [python, "-m", "cloister.samples", str(folder), "--kind", "page", "-n", str(count), "--seed", "2026"]
    subprocess.run(command, check=True)
    return found(folder)


def lay(pages: Set, work: Path, at_least: int) -> Laid:
    """Link the pages into a folder, round after round, until there are `at_least` of them."""
    folder = work / "laid" / pages.name / "pages"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    rounds = max(1, -(-at_least // len(pages.pages)))
    laid = []
    for number in range(rounds):
        for page in pages.pages:
            target = folder / f"{number:02d}-{page.name}"
            try:
                os.link(page, target)
            except OSError:
                shutil.copyfile(page, target)
            laid.append(target)
    return Laid(pages, folder, tuple(laid), folder.parent / "pages.pdf")
