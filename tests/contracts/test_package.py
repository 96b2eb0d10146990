"""What is installed is what was pinned, and the package holds all that it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
PINNED = ["runtime", "dev", "training", "bench"]
MADE = {".git", "out", "build", "dist", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".sh", ".json", ".svg", ""}
PLACES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "/root" + "/", "/work" + "/"])
)


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_with_hashes(name):
    text = (ROOT / f"requirements/{name}.txt").read_text()
    entries = re.findall(r"^(\S[^\n]*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    named = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(entries) == len(named) > 5
    assert all(re.fullmatch(r"[a-z0-9-]+==[^ ;]+", entry) for entry, _ in entries)


def test_the_pinned_versions_are_those_that_the_package_asks_for():
    text = (ROOT / "requirements/runtime.txt").read_text()
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pinned[requirement.name], prereleases=True), requirement


def test_what_runs_here_is_what_is_pinned():
    from importlib import metadata

    text = (ROOT / "requirements/dev.txt").read_text()
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE):
        assert metadata.version(name) == version, name


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {path.relative_to(copy / "src").as_posix() for path in (copy / "src").rglob("*") if path.is_file()}
    assert held == files
    assert {"cloister/py.typed", "cloister/formats/cloister-1.schema.json", "cloister/policy/default.toml"} < held
    assert any(name.startswith("cloister/ocr/models/") and name.endswith(".bin") for name in held)


def test_no_file_names_a_registry_or_a_place_on_some_machine():
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if MADE & set(parts) or parts[0].startswith((".venv", ".mypy", ".ruff", ".hypothesis", ".pytest", ".import")):
            continue
        if path.is_file() and path.suffix in TEXT and PLACES.search(path.read_text(errors="ignore")):
            found.append(path.name)
    assert found == []
