"""`cloister review run` on real tools: what it finds, and what it no longer says when an observer is taken away."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import join

import pytest

from cloister.review.result import Review
from cloister.review.seen import Observer
from cloister.review.verdict import Verdict
from tests.cli.command import cloister
from tests.liars import workshop
from tests.review.test_checks import CARRIED, CONTENT, EVERY

SHORT = ("--pages", "0", "--kills", "4", "--recall", "0.5")
UNREAD = {"reads"}
"""Nothing is measured in a short run, so this is never verified there."""


def reviewed(folder: Path, command: str, *words: str) -> tuple[int, Review]:
    """Review a tool by the command line."""
    ran = cloister("review", "run", "--command", command, *SHORT, *words, "-O", folder / "review", seconds=600)
    text = (folder / "review" / "review.json").read_text(encoding="utf-8")
    assert ran.err == ""
    return ran.code, Review.from_json(text)


def told(review: Review, verdict: Verdict) -> set[str]:
    return {finding.claim for finding in review.findings if finding.verdict is verdict}


@pytest.fixture
def honest(tmp_path: Path) -> str:
    """An honest tool as one writes it on a command line."""
    return f"{workshop.build(tmp_path / 'tool', ())} {{input}} {{output}}"


def test_a_tool_that_never_opens_its_input_is_verified_in_nothing(tmp_path: Path) -> None:
    tool = tmp_path / "tool.py"
    tool.write_text("import sys; open(sys.argv[2], 'w').write('all is well')\n")
    code, review = reviewed(tmp_path, f"{join([sys.executable, str(tool)])} {{input}} {{output}}")
    assert code in {22, 23}
    assert told(review, Verdict.VERIFIED) == set()
    assert "never opened its input" in {f.claim: f.reason for f in review.findings}["nothing-kept"]


@pytest.mark.proof
def test_an_honest_tool_is_verified_in_all_that_was_looked_at(tmp_path: Path, honest: str) -> None:
    code, review = reviewed(tmp_path, honest)
    assert told(review, Verdict.VERIFIED) == set(EVERY) - UNREAD, [(f.claim, f.reason) for f in review.findings]
    assert code == 23


@pytest.mark.proof
@pytest.mark.parametrize("observer", Observer)
def test_without_an_observer_what_it_carried_is_inconclusive(tmp_path: Path, honest: str, observer: Observer) -> None:
    _, review = reviewed(tmp_path, honest, "--without", observer.value)
    assert CARRIED[observer] <= told(review, Verdict.INCONCLUSIVE)
    assert told(review, Verdict.REFUTED) == set()


@pytest.mark.proof
@pytest.mark.parametrize("surface", ["xmp", "qr_code", "pixels"])
def test_without_a_canary_what_it_carried_is_inconclusive(tmp_path: Path, honest: str, surface: str) -> None:
    _, review = reviewed(tmp_path, honest, "--without-surface", surface)
    lost = set(EVERY) if surface == "pixels" else CONTENT | {"runs-apart"}
    assert lost <= told(review, Verdict.INCONCLUSIVE)
    assert told(review, Verdict.REFUTED) == set()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--command", "tesseract out"), 1, "no-slot"),
        (("--command", "no-such-tool-here {input}"), 1, "no-program"),
        (("--command", "'tesseract {input}"), 1, "no-slot"),
        (("--command", "tesseract {input}", "--without-surface", "attachment"), 1, "a png file has no attachment"),
        (("--command", "tesseract {input}", "--policy", "/none.toml"), 5, "not-found"),
        (("--command", "tesseract {input}", "--key", "/none.pem"), 5, "not-found"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = cloister("review", "run", *words, "-O", tmp_path / "review")
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert not (tmp_path / "review").exists()
