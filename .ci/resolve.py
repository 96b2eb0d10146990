"""Checks on which Pythons and platforms the dependencies resolve, and writes docs/platforms.md."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "x86_64-manylinux_2_28": "Linux, x86-64, glibc 2.28",
    "aarch64-manylinux_2_35": "Linux, 64-bit ARM, glibc 2.35",
    "aarch64-apple-darwin": "macOS 15, Apple silicon",
    "x86_64-pc-windows-msvc": "Windows, x86-64",
}
RUN = ("3.11", "x86_64-manylinux_2_28")
HEAD = """# Platforms

Written by `make resolve`. "Run" means that all tests run there. "Resolves" means that every dependency has a
wheel for that Python and platform; nothing was run there. The sandbox is made of Linux's own means (Landlock and
seccomp): on macOS and Windows there is none of equal strength, `cloister doctor` says so, and
`--require-sandbox` refuses.

"""


def resolves(python: str, platform: str) -> bool:
    """Whether every dependency has a wheel there."""
    command = ["uv", "pip", "compile", "--quiet", "--only-binary", ":all:", "--no-annotate", "pyproject.toml"]
    place = ["--python-version", python, "--python-platform", platform]
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "15.0"}
    return (
        subprocess.run([*command, *place], cwd=ROOT, env=environment, capture_output=True, check=False).returncode == 0
    )


def main() -> None:
    """Try all of them."""
    head = ["| | " + " | ".join(f"Python {python}" for python in PYTHONS) + " |", "| --- |" + " --- |" * len(PYTHONS)]
    rows = []
    for platform, name in PLATFORMS.items():
        cells = []
        for python in PYTHONS:
            found = "resolves, not run" if resolves(python, platform) else "does not resolve"
            cells.append("run" if (python, platform) == RUN and found.startswith("resolves") else found)
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
        print(rows[-1])
    (ROOT / "docs/platforms.md").write_text(HEAD + "\n".join([*head, *rows]) + "\n")


if __name__ == "__main__":
    main()
