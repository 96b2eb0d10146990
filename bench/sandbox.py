"""What the sandbox costs: the same pages with every layer and with none, in turn."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

from bench import sets
from bench.tools import ROOT

PAGES, ROUNDS = 60, 7
RENDERING_ROUNDS = 41
RENDERED = ("invoice.png", "letter.jpg", "passport.png", "report.pdf")
QUICK_PAGES, QUICK_ROUNDS = 2, 1
PYTHON = str(ROOT / ".venv/bin/python")


def _seconds(layers: str, folder: Path) -> float:
    command = [PYTHON, str(ROOT / "bench/reading.py"), layers, str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env={}).stdout)


def _rendering(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds a document, in the jail and in a process without one; the difference is what the jail costs."""
    documents = [str(ROOT / "examples" / name) for name in RENDERED]
    command = [PYTHON, str(ROOT / "bench/rendering.py"), str(rounds), *documents]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env={}).stdout)
    return {
        name: {"jailed": jailed, "bare": bare, "cost": round(jailed - bare, 2)} for name, (jailed, bare) in said.items()
    }


def measure(work: Path, *, quick: bool = False) -> dict[str, Any]:
    """Medians of interleaved runs."""
    pages, rounds = (QUICK_PAGES, QUICK_ROUNDS) if quick else (PAGES, ROUNDS)
    laid = sets.lay(sets.clean_a4(work, PYTHON, min(pages, sets.CLEAN_PAGES)), work, pages)
    times: dict[str, list[float]] = {"all": [], "": []}
    for _ in range(rounds):
        for layers, taken in times.items():
            taken.append(_seconds(layers, laid.folder))
    with_all, without = (statistics.median(taken) for taken in times.values())
    return {
        "pages": len(laid.pages),
        "rounds": rounds,
        "with": round(len(laid.pages) / with_all, 3),
        "without": round(len(laid.pages) / without, 3),
        "cost": round(with_all / without - 1, 4),
        "rendering_milliseconds": _rendering(QUICK_ROUNDS if quick else RENDERING_ROUNDS),
    }
