"""Writes the parts of the docs that repeat the code: `python -m tests.docs.generate`.

docs/errors.md from the tree of errors, and the output of every `--help` in a console block.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cloister import errors
from tests.docs.blocks import ROOT, pages

ERRORS = ROOT / "docs/errors.md"
HEAD = """# Errors and exit codes

Each refusal has a code that stays the same, an exit code for the command line, a status for HTTP, and words that say
what to do. `{…}` stands for a number or one of a few fixed words: no message holds anything from a document or its
name. On the command line the name of the file stands before the message, on your own terminal.

Where several inputs were given, the rest is still read; the exit code is that of the first one that failed.

"""
HELP = re.compile(r"^\$ (cloister[^\n|]*--help)\n.*?(?=^\$ |^```)", re.MULTILINE | re.DOTALL)


def family(kind: type[errors.CloisterError]) -> list[type[errors.CloisterError]]:
    """A class and all below it, in the order in which they stand in the file."""
    return [kind, *(below for child in kind.__subclasses__() for below in family(child))]


def errors_page() -> str:
    """The page of errors as it must be."""
    rows = ["| exit | code | meaning |", "| ---: | --- | --- |"]
    parts = []
    for kind in sorted(family(errors.CloisterError), key=lambda kind: kind.exit):
        meaning = (kind.__doc__ or "").strip().splitlines()[0]
        rows.append(f"| {kind.exit} | [{kind.code}](#{kind.code}) | {meaning} |")
        parts.append(
            f"## {kind.code}\n\n{meaning} Exit code {kind.exit}, HTTP status {kind.status}.\n\n> {kind.says}\n"
        )
    rows.append("| 130 | | Interrupted from the keyboard. |")
    return HEAD + "\n".join(rows) + "\n\n" + "\n".join(parts)


def help_text(command: str) -> str:
    """What a command says of itself, laid out as in the docs."""
    name, *rest = command.split()
    program = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}") or name
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "100"}
    return subprocess.run([program, *rest], env=environment, capture_output=True, text=True, check=True).stdout


def with_help(text: str) -> str:
    """A page with the output of every `--help` brought up to date."""
    return HELP.sub(lambda match: f"$ {match[1]}\n{help_text(match[1])}", text)


if __name__ == "__main__":
    ERRORS.write_text(errors_page())
    for page in pages():
        page.write_text(with_help(page.read_text()))
