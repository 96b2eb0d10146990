"""The parent of `cloister read` meets no parser: an import of one in its process ends it at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARSERS = ["PIL", "pypdfium2", "pypdfium2_raw", "pikepdf", "pi_heif", "cv2", "openvino", "numpy", "lxml"]
PARSERS += ["tesserocr", "yara_x", "zstandard", "brotli"]
FIRED = 42

TRIPWIRE = """
import sys, os

class Tripwire:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {parsers!r}:
            os.write(2, b"the parent imported " + name.encode() + b"\\n")
            os._exit({fired})

sys.meta_path.insert(0, Tripwire())
{planted}
from cloister.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def read(*words: str | Path, planted: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run `cloister read` in a process with the tripwire; jails are other processes, and may import what they need."""
    code = TRIPWIRE.format(parsers=set(PARSERS), fired=FIRED, planted=planted)
    return subprocess.run(
        [sys.executable, "-c", code, "read", *map(str, words)], capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize("format_", ["json", "alto", "pdf"])
def test_reading_imports_no_parser_in_the_parent(tmp_path, format_):
    done = read(ROOT / "examples/invoice.png", "-O", tmp_path / "out", "-f", format_)
    assert done.returncode == 0, done.stderr.decode()
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"no document"])
def test_a_bad_file_imports_no_parser_in_the_parent(tmp_path, broken):
    bad = tmp_path / "bad"
    bad.write_bytes(broken)
    done = read(bad)
    assert done.returncode == 2, done.stderr.decode()


def test_importing_the_package_imports_no_parser():
    code = TRIPWIRE.format(
        parsers=set(PARSERS), fired=FIRED, planted="import cloister\nfor n in cloister.__all__: getattr(cloister, n)"
    )
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("parser", PARSERS)
def test_a_planted_import_fires_the_tripwire(parser):
    done = read("--help", planted=f"import {parser}")
    assert done.returncode == FIRED
    assert parser in done.stderr.decode()
