"""Memory has a bound: a long document takes no more than a short one."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pikepdf

from tests.cli import papers


def _scan(pages: int) -> bytes:
    """A scanned PDF whose pages all show the same picture, each through a stream of its own."""
    held, made = io.BytesIO(), pikepdf.new()
    with pikepdf.open(io.BytesIO(papers.pdf(1))) as one:
        for _ in range(pages):
            made.pages.append(one.pages[0])
        made.save(held)
    return held.getvalue()


def _tree(root: int) -> list[int]:
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                queue += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def _anonymous(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")), 0)


def peaks(path: Path, out: Path) -> tuple[int, int]:
    """The most anonymous memory of one process, and of the tree, in KiB, while `path` is read."""
    command = [sys.executable, "-m", "cloister.cli.main", "read", str(path), "-o", str(out), "-q"]
    one = whole = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            sizes = [_anonymous(pid) for pid in _tree(process.pid)]
            one, whole = max(one, *sizes), max(whole, sum(sizes))
            time.sleep(0.02)
        assert process.returncode == 0
    return one, whole


def test_a_process_stays_below_its_bound_and_length_costs_no_memory(tmp_path: Path) -> None:
    totals = {}
    for pages in (90, 150):  # both are long, so that all workers that there will be are at work
        path = tmp_path / f"{pages}.pdf"
        path.write_bytes(_scan(pages))
        one, totals[pages] = peaks(path, tmp_path / f"{pages}.txt")
        assert one < 1_000_000
    assert totals[150] < totals[90] * 1.1 + 20_000
