"""Turns results into docs/benchmarks.json, .md and .svg."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import chart

MIB, MB = 1 << 20, 10**6
SCORES = ("words_f1", "words_recall", "words_precision", "glued", "line_cer", "page_cer", "chars_ratio")

INTRO = """# Benchmarks

Written by `make bench`; [benchmarks.json](benchmarks.json) holds every figure. Every tool reads the same
folder of pages in a fresh process on the same two cores, one tool after the other, start-up included.
Cloister runs with its sandbox on.

- **pages/s**: pages over wall-clock time, from starting the command to its end.
- **steady**: the same without start-up, (pages - 1) / (time - time of one cold page).
- **cold**: seconds from starting the command to the text of one page; the median of interleaved runs.
- **anonymous**: the highest sum of RssAnon over the tool's processes, and the highest of a single one.
- **PSS**: the highest sum of proportional set sizes, where shared pages count once.

What is read with:

- tesseract: two processes with half of the pages each, `OMP_THREAD_LIMIT=1`, and told the right languages.
- ocrmypdf: one PDF that holds the same pages, `--jobs 2`; its time includes writing the PDF.
- rapidocr: one warm engine at its defaults, which use both cores.
- Peers that read better with other settings may be named in an issue; the commands stand below each table.
"""


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _mib(value: int | None) -> str:
    return "-" if value is None else f"{value / MIB:.0f} MiB"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _failed(figures: dict[str, Any]) -> str:
    return " (failed)" if figures["failed_runs"] else ""


def _speed(tools: dict[str, Any]) -> str:
    head = ["tool", "pages/s", "steady", "cold", "anonymous", "of one process", "PSS"]
    rows = [
        [
            name + _failed(figures),
            _number(figures["pages_per_second"], 2),
            _number(figures["steady_pages_per_second"], 2),
            _number(figures["cold_seconds"], 2) + " s",
            _mib(figures["anonymous_bytes"]),
            _mib(figures["anonymous_bytes_of_one_process"]),
            _mib(figures["proportional_bytes"]),
        ]
        for name, figures in tools.items()
    ]
    return _table(head, rows)


def _scores(tools: dict[str, Any]) -> str:
    rows = [[name, *(_number(figures["scores"][key], 4) for key in SCORES)] for name, figures in tools.items()]
    return _table(["tool", *SCORES], rows)


def _set(name: str, result: dict[str, Any]) -> str:
    commands = "\n".join(f"- {tool}: `{figures['command']}`" for tool, figures in result["tools"].items())
    read = f"{result['pages']} pages, read as {result['read']}."
    return f"## {name}\n\n{read}\n\n{_speed(result['tools'])}\n{_scores(result['tools'])}\n{commands}\n"


def _sandbox(figures: dict[str, Any]) -> str:
    rows = [
        [name, *(_number(each[key], 1) for key in ("jailed", "bare", "cost"))]
        for name, each in figures["rendering_milliseconds"].items()
    ]
    table = _table(["document", "in the render jail, ms", "without a jail, ms", "the jail's cost, ms"], rows)
    return f"""## What the sandbox costs

{figures["pages"]} pages, {figures["rounds"]} rounds with every layer and with none, in turn. The medians are
{figures["with"]:.2f} pages/s with and {figures["without"]:.2f} without ({figures["cost"]:+.1%} time).

Rendering whole documents, medians of runs in turn, from the first byte sent to the last pixel received:

{table}"""


def _keeping(figures: dict[str, Any]) -> str:
    rows = [
        [f"{each['bytes'] / MB:,.0f}", f"{each['megabytes_per_second']:.0f}", _mib(each["most_memory_bytes"])]
        for each in figures["sealing"]
    ]
    table = _table(["sealed, MB", "MB/s", "most memory (RSS)"], rows)
    return f"""## What keeping costs

The same PDF of {figures["pages"]} scanned pages, `cloister read` to JSON and `cloister submit` in turn,
{figures["rounds"]} times: {figures["read_seconds"]:.2f} s and {figures["submit_seconds"]:.2f} s
({figures["cost"]:+.1%} for the passphrase, sealing, records and log). The medians of whole commands.

Sealing alone, one process, one size after the other:

{table}"""


def _robustness(figures: dict[str, Any]) -> str:
    straight = next(iter(figures["recall"].values()))
    rows = [[name, _number(value, 4), f"{value / straight:.1%}"] for name, value in figures["recall"].items()]
    table = _table(["condition", "word recall", "of the straight page's"], rows)
    return f"""## Damaged pages

The same {figures["pages"]} generated pages (text, letters, invoices, columns; several languages), straight and damaged:

{table}"""


def _leftovers(figures: dict[str, Any]) -> str:
    rows = [
        [name, str(each["moments"]), str(each["with_leftovers"]), ", ".join(each["examples"]) or "nothing"]
        for name, each in figures.items()
    ]
    table = _table(["tool", "kills", "kills that left something", "for example"], rows)
    return f"""## What kill -9 leaves behind

Each tool is killed at moments spread over its whole run, with a temporary folder of its own; counted is every
file that was not there before and is not the finished output.

{table}"""


def markdown(results: dict[str, Any]) -> str:
    """The report as a page of the docs."""
    machine = results["machine"]
    cores = f"{machine['cores_used']} of {machine['cores']} cores, {machine['memory_bytes'] / (1 << 30):.0f} GiB"
    facts = [
        f"- machine: {machine['processor']}, {cores}, Linux {machine['kernel']}, Python {machine['python']}",
        *(f"- {name}: {value}" for name, value in results["versions"].items()),
        *(f"- model {name}: sha256 `{value}`" for name, value in results["models"].items()),
        *(f"- note: {note}" for note in [results.get("note")] if note),
    ]
    parts = [INTRO]
    if results["quick"]:
        parts.append("**This was a quick run: it shows that everything works and measures nothing.**\n")
    parts += ["![Pages per second](benchmarks.svg)\n", "\n".join(facts) + "\n"]
    parts += [_set(name, result) for name, result in results["sets"].items()]
    if "sandbox" in results:
        parts.append(_sandbox(results["sandbox"]))
    if "keeping" in results:
        parts.append(_keeping(results["keeping"]))
    if "robustness" in results:
        parts.append(_robustness(results["robustness"]))
    if "leftovers" in results:
        parts.append(_leftovers(results["leftovers"]))
    return "\n".join(parts)


def save(results: dict[str, Any], folder: Path) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "benchmarks.md").write_text(markdown(results))
    speeds = {
        name: {tool: figures["pages_per_second"] for tool, figures in result["tools"].items()}
        for name, result in results["sets"].items()
        if result["read"] > result["pages"] or len(results["sets"]) == 1
    }
    (folder / "benchmarks.svg").write_text(chart.bars(speeds, "pages per second, two cores, start-up included"))
