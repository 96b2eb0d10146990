"""The tools side by side: how each is told to read a folder on two cores, and one page cold."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.sets import Laid

ROOT = Path(__file__).parent.parent
CLOISTER = str(ROOT / ".venv/bin/cloister")
PEERS = ROOT / ".venv-bench/bin"
_RAPID = str(ROOT / "bench/peers/rapid.py")

Commands = list[list[str]]


@dataclass(frozen=True)
class Tool:
    """One competitor."""

    name: str
    folder: Callable[[Laid, Path], Commands]
    """The commands, run at once, that read a laid set into a folder."""
    page: Callable[[Laid, Path, Path], Commands]
    """The commands that read one page to text, cold."""
    collect: Callable[[Laid, Path], None] = lambda laid, out: None  # noqa: ARG005
    """Brings what was written into one text file a page; not measured."""
    environment: dict[str, str] = field(default_factory=dict)
    version: Sequence[str] = ()


def _halves(laid: Laid, out: Path) -> list[list[Path]]:
    parts = [list(laid.pages[0::2]), list(laid.pages[1::2])]
    for number, part in enumerate(parts):
        (out / f"list{number}").write_text("\n".join(map(str, part)) + "\n")
    return parts


def _tesseract(laid: Laid, out: Path) -> Commands:
    _halves(laid, out)
    # One process a core, each with a list of pages: faster than a process a page, with the same text.
    return [["tesseract", str(out / f"list{i}"), str(out / f"all{i}"), "-l", laid.of.languages] for i in range(2)]


def _split(text: Path, pages: Sequence[Path], out: Path) -> None:
    texts = text.read_text(encoding="utf-8").split("\f") if text.exists() else []
    texts += [""] * (len(pages) - len(texts))
    for page, words in zip(pages, texts, strict=False):
        (out / f"{page.stem}.txt").write_text(words, encoding="utf-8")


def _tesseract_pages(laid: Laid, out: Path) -> None:
    for number in range(2):
        _split(out / f"all{number}.txt", laid.pages[number::2], out)


def _ocrmypdf(laid: Laid, out: Path) -> Commands:
    if not laid.pdf.exists():
        # Twice through the list in a system call would overflow for very long sets; a set has hundreds.
        subprocess.run(
            [str(PEERS / "python"), "-m", "bench.peers.pdf", str(laid.pdf), *map(str, laid.pages)], check=True, cwd=ROOT
        )
    sidecar = str(out / "all.txt")
    return [
        [
            str(PEERS / "ocrmypdf"),
            "--jobs",
            "2",
            "-l",
            laid.of.languages,
            "--sidecar",
            sidecar,
            str(laid.pdf),
            str(out / "all.pdf"),
        ]
    ]


def _rapid(engine: str) -> Tool:
    return Tool(
        f"rapidocr-{engine}",
        lambda laid, out: [[str(PEERS / "python"), _RAPID, engine, str(laid.folder), str(out)]],
        lambda laid, page, out: [[str(PEERS / "python"), _RAPID, engine, str(_alone(page, out)), str(out)]],  # noqa: ARG005
        version=[
            str(PEERS / "python"),
            "-c",
            f"import importlib.metadata as m; print(m.version('rapidocr'), m.version('{engine}'))",
        ],
    )


def _alone(page: Path, out: Path) -> Path:
    """A folder that holds this page only."""
    folder = out.parent / f"{out.name}-page"
    folder.mkdir(exist_ok=True)
    target = folder / page.name
    if not target.exists():
        os.link(page, target)
    return folder


def _cloister(name: str, *options: str, environment: dict[str, str] | None = None) -> Tool:
    return Tool(
        name,
        lambda laid, out: [
            [CLOISTER, "read", "--quiet", *options, "-O", str(out), "-f", "json", "--recursive", str(laid.folder)]
        ],
        lambda laid, page, out: [[CLOISTER, "read", "--quiet", *options, str(page)]],  # noqa: ARG005
        environment=environment or {},
        version=[CLOISTER, "--version"],
    )


TOOLS = (
    _cloister("cloister"),
    Tool(
        "tesseract",
        _tesseract,
        lambda laid, page, out: [["tesseract", str(page), "-", "-l", laid.of.languages]],  # noqa: ARG005
        _tesseract_pages,
        {"OMP_THREAD_LIMIT": "1"},
        ["tesseract", "--version"],
    ),
    Tool(
        "ocrmypdf",
        _ocrmypdf,
        lambda laid, page, out: [
            [
                str(PEERS / "ocrmypdf"),
                "--jobs",
                "2",
                "--image-dpi",
                "300",
                "-l",
                laid.of.languages,
                str(page),
                str(out / "one.pdf"),
            ]
        ],
        lambda laid, out: _split(out / "all.txt", laid.pages, out),
        version=[str(PEERS / "ocrmypdf"), "--version"],
    ),
    _rapid("openvino"),
    _rapid("onnxruntime"),
)


def shown(command: list[str], laid: Laid, out: Path) -> str:
    """The command line as a person would type it."""
    line = shlex.join(command)
    for path, name in (
        (laid.folder, "PAGES"),
        (laid.pdf, "PAGES.pdf"),
        (out, "OUT"),
        (PEERS, ""),
        (ROOT / ".venv/bin", ""),
        (ROOT, ""),
    ):
        line = line.replace(f"{path}/" if not name else str(path), name)
    return line


def version(tool: Tool) -> str:
    """The first line of what the tool says of its version."""
    done = subprocess.run(tool.version, capture_output=True, text=True, check=False)
    return ((done.stdout or done.stderr).splitlines() or ["not there"])[0].strip()


def model_hashes() -> dict[str, str]:
    """The hashes of the models that were shipped, as `cloister doctor` tells them."""
    done = subprocess.run([CLOISTER, "doctor", "--json"], capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        print("cloister doctor gave no model hashes", file=sys.stderr)
        return {}
    return {str(name): str(value) for name, value in said.get("models", {}).items()}
