"""What kill -9 leaves behind: each tool is killed at moments spread over its whole run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.tools import CLOISTER, PEERS, ROOT

MOMENTS = 40
QUICK_MOMENTS = 3
EXAMPLES = 3


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def _kind(name: str, finished: str) -> str:
    """A leftover without its random parts, so that equal ones can be counted."""
    if name.rpartition("/")[2] == finished:
        return "the output, unfinished"
    return re.sub(r"\d+", "*", re.sub(r"\.[a-z0-9_]{8}(?=/)", ".*", name))


def _whole(path: Path) -> bool:
    """Whether a PDF is complete: an independent tool opens it without complaint."""
    return subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False).returncode == 0


def _killed(command: Sequence[str], home: Path, after: float | None) -> float:
    """Run the command in `home`, kill its whole group after so many seconds, and give how long it ran."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
    }
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return time.monotonic() - begun


def _fresh(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    for name in ("home", "tmp", "out"):
        (home / name).mkdir(parents=True)


def _one(command: Sequence[str], home: Path, moments: int) -> dict[str, Any]:
    _fresh(home)
    whole = _killed(command, home, None)
    left: Counter[str] = Counter()
    with_leftovers = 0
    for moment in range(moments):
        _fresh(home)
        _killed(command, home, whole * (moment + 0.5) / moments)
        found = _files(home) - ({"out/done.pdf"} if _whole(home / "out/done.pdf") else set())
        with_leftovers += bool(found)
        left.update({_kind(name, "done.pdf") for name in found})
    return {
        "moments": moments,
        "seconds": round(whole, 2),
        "with_leftovers": with_leftovers,
        "examples": [name for name, _ in left.most_common(EXAMPLES)],
    }


def measure(work: Path, *, quick: bool = False) -> dict[str, Any]:
    """Kill Cloister and ocrmypdf while they write the same searchable PDF."""
    source, home = work / "leftovers.pdf", work / "leftovers"
    command = [str(ROOT / ".venv/bin/python"), "-m", "cloister.samples", str(work / "leftovers-page")]
    subprocess.run(
        [*command, "-n", "1", "--pages", "2", "--format", "pdf", "--kind", "report", "--seed", "5"], check=True
    )
    shutil.copyfile(next((work / "leftovers-page").rglob("*.pdf")), source)
    target = str(home / "out/done.pdf")
    tools = {
        "cloister": [CLOISTER, "read", "--quiet", "-o", target, str(source)],
        "ocrmypdf": [str(PEERS / "ocrmypdf"), "--jobs", "2", "--quiet", str(source), target],
    }
    return {name: _one(command, home, QUICK_MOMENTS if quick else MOMENTS) for name, command in tools.items()}
