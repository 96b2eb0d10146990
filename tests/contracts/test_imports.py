"""Every import contract is kept, and every one is broken by the import that it forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

PLANTED = [
    ("layers", "errors/refusal.py", "import cloister.jail.wire"),
    ("layers", "jail/wire.py", "import cloister.formats.packed"),
    ("layers", "journey/place.py", "import cloister.store.rows"),
    ("layers", "review/claims.py", "import cloister.desk.opened"),
    ("core", "journey/shred.py", "import os"),
    ("layers", "unplaced.py", ""),
    ("jailed-secrets", "ocr/engine/detect.py", "import socket"),
    ("jailed-secrets", "ocr/child.py", "import sqlite3"),
    ("jailed-secrets", "ocr/engine/detect.py", "import cloister.policy"),
    ("jailed-secrets", "ocr/engine/detect.py", "import cloister.settings"),
    ("jailed-secrets", "formats/pdf/jailed/writing.py", "import ssl"),
    ("jailed-secrets", "ocr/engine/detect.py", "import cloister.keys"),
    ("jailed-secrets", "jail/wire.py", "import subprocess"),
    ("jailed-secrets", "canary/jailed/walk.py", "import sqlite3"),
    ("parsers", "cli/main.py", "def late():\n    import PIL.Image"),
    ("parsers", "ocr/reader.py", "import numpy"),
    ("parsers", "formats/packed.py", "import pikepdf"),
    ("parsers", "jail/spawn.py", "import pypdfium2"),
    ("parsers", "ocr/sources.py", "import pi_heif"),
    ("parsers", "canary/scanner.py", "import yara_x"),
    ("parsers", "canary/controls.py", "import zstandard"),
    ("runtime", "ocr/engine/detect.py", "import openvino"),
    ("runtime", "cli/main.py", "import openvino"),
    ("jailed", "ocr/reader.py", "import cloister.ocr.engine.pipeline"),
    ("jailed", "formats/packed.py", "import cloister.formats.pdf.jailed.writing"),
    ("jailed", "cli/main.py", "import cloister.ocr.child"),
    ("jailed", "canary/scanner.py", "import cloister.canary.jailed.walk"),
    ("crypto", "review/claims.py", "import cryptography.hazmat"),
    ("crypto", "formats/save.py", "def late():\n    import nacl"),
    ("crypto", "formats/save.py", "import tink"),
    ("layers", "samples/prose.py", "import cloister.keys"),
    ("crypto", "audit/log.py", "import cryptography.hazmat"),
    ("ciphertext", "store/records.py", "import cloister.keys.envelope"),
    ("objects", "desk/vault.py", "import obstore"),
    ("layers", "desk/opened.py", "import cloister.service.counter"),
    ("database", "audit/log.py", "import sqlalchemy"),
    ("dbos", "desk/vault.py", "import dbos"),
    ("banned", "events/event.py", "import logging"),
    ("layers", "desk/vault.py", "import cloister.jobs"),
    ("layers", "jobs/worker.py", "import cloister.cli.main"),
    ("http", "audit/log.py", "import urllib.request"),
    ("http", "service/login/flow.py", "import http.client"),
    ("database", "service/login/sessions.py", "import sqlalchemy"),
    ("crypto", "service/login/provider.py", "import joserfc"),
    ("layers", "desk/vault.py", "import cloister.service.login.login"),
    ("parsers", "audit/held.py", "import zxingcpp"),
    ("layers", "events/event.py", "import cloister.policy"),
    ("layers", "audit/log.py", "import cloister.formats.save"),
    ("served", "desk/vault.py", "import starlette.requests"),
    ("layers", "desk/vault.py", "import cloister.service.limits"),
    ("samples", "ocr/engine/detect.py", "import cloister.samples"),
    ("jail", "jail/wire.py", "import cloister.document"),
    ("core", "document.py", "import os"),
    ("core", "policy/reader.py", "import pathlib"),
    ("layers", "policy/reader.py", "import cloister.jail.wire"),
    ("layers", "policy/reader.py", "import cloister.settings"),
    ("layers", "settings/reader.py", "import cloister.policy"),
    ("layers", "settings/file.py", "import cloister.formats.terminal"),
    ("banned", "settings/reader.py", "import logging"),
    ("outside", "review/claims.py", "import cloister.ocr.reader"),
    ("outside", "review/claims.py", "import cloister.store.records"),
    ("core", "errors/refusal.py", "import pathlib"),
    ("core", "access/decide.py", "import os"),
    ("cedar", "journey/release.py", "import cedarpy"),
    ("layers", "access/decide.py", "import cloister.audit.log"),
    ("core", "evidence/search.py", "import io"),
    ("journey", "journey/admit.py", "import cloister.journey.classify"),
    ("banned", "ocr/reader.py", "import tempfile"),
    ("banned", "errors/refusal.py", "import logging"),
    ("banned", "jail/wire.py", "import pickle"),
]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the copy of the package in `folder`."""
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *chosen]
    # The copy must win over the installed package, or the real one is judged.
    environment = os.environ | {"PYTHONPATH": f"{folder}/src:{folder}"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "fonts", "models", "*.bin")
    )
    shutil.copytree(
        ROOT / "tests/contracts", tmp_path / "tests/contracts", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "module", "planted"), PLANTED)
def test_a_planted_import_breaks_its_contract(copy, contract, module, planted):
    target = copy / "src/cloister" / module
    before = target.read_text() if target.exists() else '"""Planted."""\n'
    target.write_text(f"{before}\n\n{planted}\n")
    done = lint(copy, contract)
    assert done.returncode == 1, done.stdout
    assert "0 kept, 1 broken" in done.stdout
    assert Path(module).stem in done.stdout.split("Broken contracts")[1]


def test_every_contract_has_a_planted_violation():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in PLANTED}
