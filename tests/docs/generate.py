"""Writes the parts of the docs that repeat the code: `python -m tests.docs.generate`.

The output of every `--help` in a console block, and the tables of policy.md, audit.md, access.md and settings.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.access import with_access
from tests.docs.audit import with_acts
from tests.docs.blocks import pages
from tests.docs.policy import with_policy
from tests.docs.settings import with_settings

HELP = re.compile(r"^\$ (cloister[^\n|]*--help)\n.*?(?=^\$ |^```)", re.MULTILINE | re.DOTALL)


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
    for page in pages():
        page.write_text(with_settings(with_access(with_acts(with_policy(with_help(page.read_text()))))))
