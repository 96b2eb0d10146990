"""`make bench`: one run, tools interleaved, two cores each, fresh processes, start-up included.

Writes docs/benchmarks.json, docs/benchmarks.md and docs/benchmarks.svg, or the same into --into.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import keeping, leftovers, report, robustness, sandbox, sets, tools
from bench.measure import Measured, run
from bench.score import score
from bench.sets import Laid, Set
from bench.tools import TOOLS, Tool

ROOT = Path(__file__).parent.parent
CORES = 2
COLD_RUNS = 5
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TERM")


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="", help="folders with pages/ and truth/, comma-separated")
    parser.add_argument(
        "--pages", type=int, default=300, help="read each set until there are so many pages (default 300)"
    )
    parser.add_argument(
        "--once", default="", help="sets that are scored, not timed: read once, comma-separated folders"
    )
    parser.add_argument("--rounds", type=int, default=1, help="times that each tool reads each set (default 1)")
    parser.add_argument("--tools", default=",".join(tool.name for tool in TOOLS), help="which tools, comma-separated")
    parser.add_argument(
        "--quick", action="store_true", help="a few pages only: shows that everything runs, measures nothing"
    )
    parser.add_argument("--no-clean", action="store_true", help="leave the generated clean A4 pages out")
    parser.add_argument(
        "--no-extras", action="store_true", help="leave out what sandbox and vault cost and what a kill leaves"
    )
    parser.add_argument("--note", default="", help="a sentence about this run, which the report repeats")
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="folder for the results (default docs/)")
    return parser.parse_args()


def _environment(tool: Tool, home: Path) -> dict[str, str]:
    """As little as a user's: each tool gets a home of its own, so that none profits from an earlier cache."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {"HOME": str(home)} | tool.environment


class Bench:
    """One run over all sets and tools."""

    def __init__(self, chosen: Sequence[Tool], work: Path) -> None:
        self.tools = chosen
        self.work = work
        self.cores = set(sorted(os.sched_getaffinity(0))[:CORES])
        self.log = work / "log"

    def time(self, tool: Tool, commands: tools.Commands) -> Measured:
        """Run the commands of a tool and complain where it failed; a failure is shown in the table too."""
        environment = _environment(tool, self.work / "home")
        took = run(commands, environment=environment, cores=self.cores, log=self.log)
        if took.status:
            print(f"  {tool.name} ended with status {took.status}; see {self.log}", file=sys.stderr)
        return took

    def out(self, tool: Tool, name: str) -> Path:
        """A fresh folder for what a tool writes."""
        out = self.work / "read" / name / tool.name
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        return out

    def cold(self, laid: Laid, runs: int) -> dict[str, float]:
        """Seconds from nothing to the text of one page, per tool: the median of interleaved runs."""
        times: dict[str, list[float]] = {tool.name: [] for tool in self.tools}
        for _ in range(runs):
            for tool in self.tools:
                out = self.out(tool, f"{laid.of.name}-one")
                times[tool.name].append(self.time(tool, tool.page(laid, laid.pages[0], out)).seconds)
        return {name: round(statistics.median(all_), 3) for name, all_ in times.items()}

    def read(self, pages: Set, at_least: int, rounds: int, cold_runs: int) -> dict[str, Any]:
        """Measure every tool on one set."""
        laid = sets.lay(pages, self.work, at_least)
        print(f"{pages.name}: {len(pages.pages)} pages, read as {len(laid.pages)}", flush=True)
        took: dict[str, list[Measured]] = {tool.name: [] for tool in self.tools}
        said: dict[str, Any] = {}
        for turn in range(rounds):
            # Each round begins with another tool, so that none always runs first on a cool machine.
            first = turn % len(self.tools)
            for tool in (*self.tools[first:], *self.tools[:first]):
                out = self.out(tool, pages.name)
                commands = tool.folder(laid, out)
                took[tool.name].append(self.time(tool, commands))
                tool.collect(laid, out)
                result = score(pages.truths, out, prefix="00-", only={page.stem for page in pages.pages})
                said[tool.name] = {"command": tools.shown(commands[0], laid, out), "scores": asdict(result)}
                rate = len(laid.pages) / took[tool.name][-1].seconds
                print(f"  {tool.name:22} {rate:6.2f} pages/s  words_f1 {result.words_f1:.3f}", flush=True)
        cold = self.cold(laid, cold_runs)
        for name, runs in took.items():
            said[name] |= self._figures(runs, len(laid.pages), cold[name])
        return {"pages": len(pages.pages), "read": len(laid.pages), "tools": said}

    @staticmethod
    def _figures(runs: Sequence[Measured], pages: int, cold: float) -> dict[str, Any]:
        seconds = statistics.median(run.seconds for run in runs)
        # What is left when the time of one cold page is taken away is the time of all pages but one, warm.
        steady = (pages - 1) / (seconds - cold) if pages > 1 and seconds > cold else None
        proportional = [run.proportional for run in runs if run.proportional is not None]
        return {
            "seconds": [round(run.seconds, 2) for run in runs],
            "pages_per_second": round(pages / seconds, 3),
            "steady_pages_per_second": round(steady, 3) if steady else None,
            "cold_seconds": cold,
            "anonymous_bytes": max(run.anonymous for run in runs),
            "anonymous_bytes_of_one_process": max(run.anonymous_of_one for run in runs),
            "proportional_bytes": max(proportional) if proportional else None,
            "processes": max(run.processes for run in runs),
            "failed_runs": sum(bool(run.status) for run in runs),
        }


def machine() -> dict[str, Any]:
    """What this was measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {
        "processor": model,
        "cores_used": CORES,
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release().partition("-")[0],
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _sets(wanted: argparse.Namespace, work: Path) -> list[tuple[Set, int]]:
    pages = 1 if wanted.quick else wanted.pages
    timed = [sets.found(Path(folder)) for folder in wanted.data.split(",") if folder]
    once = [sets.found(Path(folder)) for folder in wanted.once.split(",") if folder]
    if not wanted.no_clean:
        count = 2 if wanted.quick else sets.CLEAN_PAGES
        timed.append(sets.clean_a4(work, str(ROOT / ".venv/bin/python"), count))
    if wanted.quick:
        timed, once = ([sets.first(each, 2) for each in group] for group in (timed, once))
    return [(each, pages) for each in timed] + [(each, 1) for each in once]


def main() -> int:
    """Measure, and write the report."""
    wanted = asked()
    chosen = [tool for tool in TOOLS if tool.name in wanted.tools.split(",")]
    work = ROOT / "out/bench"
    work.mkdir(parents=True, exist_ok=True)
    (work / "log").write_bytes(b"")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    results: dict[str, Any] = {
        "schema": "cloister-bench/1",
        "machine": machine(),
        "commit": commit.stdout.strip(),
        "versions": {tool.name: tools.version(tool) for tool in chosen},
        "models": tools.model_hashes(),
        "quick": wanted.quick,
        "note": wanted.note,
        "sets": {},
    }
    for name, value in results["models"].items():
        print(f"model {name} sha256 {value}")
    bench = Bench(chosen, work)
    cold_runs = 1 if wanted.quick else COLD_RUNS
    for each, pages in _sets(wanted, work):
        results["sets"][each.name] = bench.read(each, pages, wanted.rounds, cold_runs)
        report.save(results, wanted.into)  # after every set: a long run that is broken off has not run for nothing
    if not wanted.no_extras:
        results["sandbox"] = sandbox.measure(work, quick=wanted.quick)
        results["keeping"] = keeping.measure(work, quick=wanted.quick)
        results["robustness"] = robustness.measure(quick=wanted.quick)
        results["leftovers"] = leftovers.measure(work, quick=wanted.quick)
        report.save(results, wanted.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
