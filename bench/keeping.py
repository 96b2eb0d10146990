"""What keeping costs over reading: the same ten pages, read and submitted in turn; and how fast content is sealed."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from bench import sets
from bench.tools import PEERS, ROOT

PAGES, ROUNDS = 10, 21
SEALED = (64 << 20, 2 << 30)
"""Bytes: the memory of both must be the same."""
QUICK_ROUNDS, QUICK_SEALED = 1, (1 << 20, 2 << 20)
CLOISTER, PYTHON = (str(ROOT / ".venv/bin" / name) for name in ("cloister", "python"))


def _seconds(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    begun = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return time.monotonic() - begun, done.stdout.strip()


def _turns(source: Path, home: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each `read` and each `submit`; between them, what was kept is deleted."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    passphrase = home / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(secrets.token_urlsafe())
    environment |= {"CLOISTER_VAULT": str(home / "vault"), "CLOISTER_PASSPHRASE_FILE": str(passphrase)}
    _seconds([CLOISTER, "init"], environment)
    reading, keeping = [], []
    for _ in range(rounds):
        reading.append(_seconds([CLOISTER, "read", str(source), "-o", str(home / "out.json"), "-q"], environment)[0])
        took, document = _seconds([CLOISTER, "submit", str(source), "--kind", "invoice"], environment)
        keeping.append(took)
        _seconds([CLOISTER, "delete", document], environment)
    return reading, keeping


def measure(work: Path, *, quick: bool = False) -> dict[str, Any]:
    """Medians of runs in turn, in seconds; megabytes (10^6 bytes) a second, and the most memory that sealing added."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    pages = sets.clean_a4(work, PYTHON, PAGES).pages
    home = work / "keeping"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    source = home / "ten.pdf"
    maker = [str(PEERS / "python"), "-m", "bench.peers.pdf", str(source), *map(str, pages)]
    subprocess.run(maker, check=True, cwd=ROOT)
    reading, keeping = _turns(source, home, rounds)
    read, kept = statistics.median(reading), statistics.median(keeping)
    sizes = map(str, QUICK_SEALED if quick else SEALED)
    sealing = [PYTHON, str(ROOT / "bench/sealing.py"), *sizes]
    return {
        "pages": PAGES,
        "rounds": rounds,
        "read_seconds": round(read, 3),
        "submit_seconds": round(kept, 3),
        "cost": round(kept / read - 1, 4),
        "sealing": json.loads(_seconds(sealing, {})[1]),
    }
