"""Every code block of the docs is run, and prints what the docs say."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Block, Command, blocks, commands, fits, pages
from tests.docs.prepared import PREPARE

KINDS = {"console", "python", "text", "json", "toml"}
SET_UP = ("git clone ", "cd ", "python3 -m pip install ")
"""How a user gets here; what runs this test has done it."""
EXPORT = "export "
EXPORTED: dict[Path, dict[str, str]] = {}
"""What a page has exported, by its folder: each command has a shell of its own."""
RUNNING: dict[Path, list[subprocess.Popen[str]]] = {}
"""What a page has started in the background, by its folder."""


def _environment(folder: Path) -> dict[str, str]:
    # A home of its own: what is read must leave nothing in it, and what lies in ours must not matter.
    home = folder / "home"
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    ours = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100", "PYTHONWARNINGS": "error"}
    return ours | EXPORTED.get(folder, {})


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in the page's folder; output and complaints come as one."""
    environment = _environment(folder)
    return subprocess.run(
        arguments, cwd=folder, env=environment, stdout=-1, stderr=-2, stdin=-3, text=True, check=False, timeout=120
    )


def check_command(command: Command, folder: Path) -> None:
    """Run a command of the docs, or what stands for it, and compare."""
    if command.line.startswith(SET_UP):
        return
    if command.line.startswith(EXPORT):
        words = (word.partition("=") for word in shlex.split(command.line.removeprefix(EXPORT)))
        EXPORTED.setdefault(folder, {}).update({name: value for name, _, value in words})
        return
    if command.line.endswith(" &"):
        begin(command, folder)
        return
    if command.line.startswith("make "):
        # A whole task is run by whoever runs the tests; here it must exist.
        done = subprocess.run([*command.line.split(), "-n"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return
    done = run(["/bin/sh", "-c", command.line], folder)
    assert fits(command.prints, done.stdout), f"$ {command.line}\n--- says\n{command.prints}--- prints\n{done.stdout}"


def begin(command: Command, folder: Path) -> None:
    """Start a command that goes on, and wait until it has printed what the docs say."""
    arguments = ["/bin/sh", "-c", "exec " + command.line.removesuffix(" &")]
    process = subprocess.Popen(
        arguments, cwd=folder, env=_environment(folder), stdout=-1, stderr=-2, stdin=-3, text=True
    )
    RUNNING.setdefault(folder, []).append(process)
    printed = ""
    while not fits(command.prints, printed):
        line = process.stdout.readline()
        assert line, f"$ {command.line}\n--- says\n{command.prints}--- prints\n{printed}"
        printed += line


@pytest.fixture
def folder(tmp_path):
    """Where a page's blocks run; what they left running is ended."""
    yield tmp_path
    for process in RUNNING.pop(tmp_path, []):
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode in {0, -signal.SIGTERM}


def check(block: Block, folder: Path) -> None:
    """Run one block."""
    if block.kind == "console":
        for command in commands(block):
            check_command(command, folder)
    elif block.kind == "python":
        done = run([sys.executable, "-c", block.text], folder)
        assert done.returncode == 0, done.stdout
        if block.prints is not None:
            assert fits(block.prints, done.stdout), f"--- says\n{block.prints}--- prints\n{done.stdout}"
    elif block.kind == "json":
        json.loads(block.text)
    elif block.kind == "toml":
        tomllib.loads(block.text)
    else:
        assert block.kind in KINDS, f"{block.page}:{block.line}: blocks are of one of these kinds: {sorted(KINDS)}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_runs(page, folder):
    shutil.copytree(ROOT / "examples", folder / "examples")
    PREPARE.get(page.name, lambda _: None)(folder)
    for block in blocks(page.read_text(), page.name):
        check(block, folder)


PLANTED = [
    "```console\n$ echo one\ntwo\n```\n",
    "```console\nno command\n```\n",
    "```console\n$ cloister read --no-such-option examples/invoice.png\n```\n",
    "```console\n$ make no-such-task\n```\n",
    "```python\nraise SystemExit(1)\n```\n",
    "```python\nprint(1)\n```\n\n```text\n2\n```\n",
    "```json\n{\n```\n",
    "```\nof no kind\n```\n",
    "```bash\ntrue\n```\n",
]


@pytest.mark.parametrize("text", PLANTED)
def test_a_block_that_is_wrong_is_found(text, tmp_path):
    (block,) = blocks(text, "planted.md")
    with pytest.raises((AssertionError, ValueError)):
        check(block, tmp_path)


def test_elided_output_fits():
    assert fits("a\n…\nd …\n", "a\nb\nc\nd e\n")
    assert fits("…\n", "")
    assert fits("", "")
    assert not fits("a\n…\nd\n", "a\nb\n")
    assert not fits("", "a\n")


def test_the_environment_of_the_caller_reaches_no_block(tmp_path):
    os.environ["PLANTED_BY_TEST"] = "yes"
    try:
        assert "PLANTED_BY_TEST" not in run(["/usr/bin/env"], tmp_path).stdout
    finally:
        del os.environ["PLANTED_BY_TEST"]
