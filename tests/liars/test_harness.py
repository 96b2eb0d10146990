"""The harness runs verifiers as it says, and a verifier that lies does not get away with it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.liars import draw, harness
from tests.liars.__main__ import main
from tests.liars.paper import TOKEN, png

VERIFIER = """
import json, os, subprocess, sys, shlex
sys.path.insert(0, {root!r})
from pathlib import Path
from cloister.review.verdict import Verdict
from tests.liars.verdicts import review
words = sys.argv[1:]
assert words[:4] == ["review", "run", "--target", "command"], words
command, output = words[words.index("--command") + 1], Path(words[words.index("-O") + 1])
output.mkdir()
Path("in.png").write_bytes(bytes.fromhex({page!r}))
filled = command.format(input="in.png", output="out.txt")
code = subprocess.run(shlex.split(filled)).returncode if {says!r} == "VERIFIED" else 1
(output / "seen.json").write_text(json.dumps({{
    "uid": os.getuid(), "groups": os.getgroups(), "command": command, "code": code,
    "environment": sorted(os.environ), "words": words,
    "text": Path("out.txt").read_text() if code == 0 else "",
    "sealed": os.access({sealed!r}, os.R_OK | os.X_OK) or os.access({seed!r}, os.R_OK),
}}))
(output / "review.json").write_text(review({{}}, Verdict.{says}).to_json())
"""


def measured(folder: Path, says: str, *words: str) -> tuple[int, dict, list[dict]]:
    seed = folder / "seed"
    seed.write_text("only ours")
    seed.chmod(0o600)
    script = folder / "verifier.py"
    root = str(Path(__file__).parents[2])
    script.write_text(
        VERIFIER.format(root=root, page=png().hex(), says=says, sealed=str(folder / "o" / "sealed"), seed=str(seed))
    )
    verifier = f"{sys.executable} {script}"
    asked = ["--seed-file", str(seed), "-O", str(folder / "o"), "--verifier", verifier, "--keep", *words]
    code = main(asked)
    held = json.loads((folder / "o" / "sealed" / "results.json").read_text())
    seen = [json.loads(path.read_text()) for path in (folder / "o" / "sealed" / "records").glob("*/seen.json")]
    return code, held, seen


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that another user may pass through: pytest's own are closed."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.mark.asroot
def test_a_verifier_that_believes_everything_is_found_out(folder: Path):
    code, held, seen = measured(folder, "VERIFIED", "--singles", "--only", "upload", "--honest", "1")
    assert code == 1
    assert held["reached"] is False
    wrong = {tuple(tool["faults"]): tool["false_verified"] for tool in held["tools"]}
    assert wrong == {(): [], ("upload",): ["nothing-sent"]}
    assert all(TOKEN in each["text"] for each in seen)
    for each in seen:
        assert each["sealed"] is (each["uid"] == os.geteuid())
        assert each["environment"] == sorted(each["environment"])
        assert not {"SEED", "CLOISTER_DATA"} & set(each["environment"])
        told = " ".join(each["words"])
        assert "upload" not in told
        assert "seed" not in told
        assert each["uid"] == (harness.NOBODY if os.geteuid() == 0 else os.getuid())


def test_a_verifier_that_refutes_everything_is_found_out(folder: Path):
    code, held, _ = measured(folder, "REFUTED", "--honest", "1")
    assert code == 1
    assert len(held["tools"][0]["false_refuted"]) == 14


def test_a_verifier_that_says_nothing_names_nothing(folder: Path):
    code, held, _ = measured(folder, "INCONCLUSIVE", "--only", "upload", "lingers", "--pairs", "1")
    assert code == 1
    assert held["tools"][0]["false_verified"] == []
    assert sorted(held["tools"][0]["missed"]) == ["ends", "nothing-sent"]


def test_a_review_that_does_not_end_is_told(folder: Path):
    seed = folder / "seed"
    seed.write_text("only ours")
    seed.chmod(0o600)
    asked = ["--seed-file", str(seed), "-O", str(folder / "o"), "--honest", "1"]
    assert main([*asked, "--verifier", f"{sys.executable} -c 'import time; time.sleep(60)'", "--limit", "1"]) == 1
    held = json.loads((folder / "o" / "sealed" / "results.json").read_text())
    assert held["tools"][0]["trouble"].startswith("not done after 1 seconds")


def test_what_was_reviewed_is_not_reviewed_again(folder: Path):
    bench = harness.Bench(folder / "o", (sys.executable, "-c", "raise SystemExit(3)"))
    jobs = draw.jobs(b"1", singles=False, pairs=0, honest=3)
    told: list[str] = []
    first = harness.run(bench, jobs[:2], told=told.append)
    again = harness.run(bench, jobs, told=told.append)
    assert len(told) == 3
    assert again[:2] == first
    assert {found.trouble for found in again} == {"exit 3 (FileNotFoundError)"}


def test_a_seed_that_the_reviewer_could_read_is_refused(tmp_path: Path):
    seed = tmp_path / "seed"
    seed.write_text("not only ours")
    seed.chmod(0o644)
    with pytest.raises(ValueError, match="owner's alone"):
        draw.seed_of(seed, harness.NOBODY)
    seed.chmod(0o600)
    assert draw.seed_of(seed, harness.NOBODY) == b"not only ours"


def test_a_tool_that_may_not_read_is_reviewed_with_pages_for_accuracy():
    bench = harness.Bench(Path(), options=("--pages", "0"), reading=("--recall", "0.68"))
    assert bench.options_for(("upload", "half_page")) == ("--recall", "0.68")
    assert bench.options_for(()) == bench.options_for(("upload",)) == ("--pages", "0")
    assert harness.Bench(Path(), options=("--pages", "0")).options_for(("half_page",)) == ("--pages", "0")


def test_a_run_that_was_interrupted_goes_on(folder: Path):
    drawn = ("VERIFIED", "--singles", "--only", "upload")
    measured(folder, *drawn)
    results = folder / "o" / "sealed" / "results.jsonl"
    (folder / "o" / "tools" / json.loads(results.read_text())["folder"] / "home").mkdir(parents=True)
    results.write_text("")
    _, held, seen = measured(folder, *drawn)
    assert len(held["tools"]) == len(seen) == 1
