"""Damaged, fuzzed and oversized files in one batch: each has its end, and none costs another its own."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cloister.errors import BadInput, CloisterError, Encrypted
from cloister.formats import FORMATS
from tests.cli.command import cloister

SECONDS = 30
PAGES = "1-3"


@pytest.mark.parametrize("name", ["pdf", pytest.param("json", marks=pytest.mark.proof)])
def test_every_hostile_file_ends_in_an_output_or_a_typed_error(data: Path, tmp_path: Path, name: str) -> None:
    files = sorted((data / "hostile" / "files").iterdir())
    # All pages of all files are read as well, by whoever has minutes for it; here the first of each will do.
    ran = cloister(
        "read", data / "hostile" / "files", "--recursive", "-O", tmp_path, "-f", name, "--json", "--pages", PAGES
    )
    told = json.loads(ran.out)
    assert [Path(file["input"]).name for file in told["files"]] == [path.name for path in files]
    assert ran.code == told["exit"] == CloisterError.exit, "failures of several kinds"
    for file in told["files"]:
        assert file["seconds"] < SECONDS, file
        if "error" in file:
            assert file["error"]["exit"] in {BadInput.exit, Encrypted.exit}, file
        else:
            assert stat.S_IMODE(Path(file["output"]).stat().st_mode) == 0o600
            assert file["pages"] >= 1
    made = sorted(tmp_path.iterdir())
    assert made == sorted(Path(file["output"]) for file in told["files"] if "output" in file)
    assert len(made) > len(files) // 2, "most of them can be read"
    assert {path.suffix for path in made} == {FORMATS[name].extension}
