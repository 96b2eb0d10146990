"""Real tools in throw-away surroundings."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cloister.model import Plain
from cloister.review.seen import Ending, Observer
from cloister.review.watch import Order, World
from cloister.review.watch import world as world_module
from tests.cli import papers
from tests.review.watch.tools import controlled

WORDS = {b"Cloister", b"reads", b"this", b"sentence"}


def document(*argv: str, **more: object) -> Order:
    return Order("case", argv, Plain(papers.png()), "scan.png", "out.txt", **more)


def test_tesseract_reads_a_page_and_its_own_suffix_is_no_second_file(world):
    ran = world.run(document("/usr/bin/tesseract", "{input}", "{output}"))
    assert ran.ending is Ending.EXIT
    assert set(ran.output.open().split()) >= WORDS
    assert [(each.path, each.output) for each in ran.left] == [("/documents/1/out.txt.txt", True)]
    assert [each.path for each in ran.wrote] == ["/documents/1/out.txt.txt"]
    assert (ran.opened_input, ran.input_as_before, ran.sent, ran.stayed, ran.unseen) == (True, True, (), (), ())


def test_tesseract_that_cannot_read_says_so(world):
    ran = world.run(document("/usr/bin/tesseract", "{input}", "stdout", "-l", "none"))
    assert (ran.ending, ran.code, ran.output) == (Ending.EXIT, 1, None)
    assert len(ran.stderr) > 0


@pytest.mark.proof
@pytest.mark.asroot
@pytest.mark.parametrize("traced", [True, False])
def test_cloister_reads_with_its_own_jails_inside_and_leaves_its_output_alone(monkeypatch, traced):
    monkeypatch.setattr(world_module, "GRACE", 30.0)  # a jail that is killed while it loads ends when it has loaded
    program = Path(sys.executable).parent / "cloister"
    with World() as own:
        asked = document(str(program), "read", "--require-sandbox", "{input}", "-o", "{output}", traced=traced)
        ran = own.run(asked)
        cut = [own.run(replace(asked, kill_after=ran.seconds * part)) for part in (0.1, 0.2, 0.3)]
    assert (ran.ending, ran.code) == (Ending.EXIT, 0)
    assert set(ran.output.open().split()) >= WORDS
    assert [(each.path, each.mode) for each in ran.left] == [("/documents/1/out.txt", 0o600)]
    assert (ran.sent, ran.logged, ran.stayed, ran.unseen) == ((), (), (), ())
    assert controlled(ran) >= set(Observer) - {Observer.TRACE}
    assert [each.path for each in ran.wrote if not each.memory_only] == (["/documents/1/out.txt"] if traced else [])
    killed = [each for each in cut if each.ending is Ending.KILLED]
    assert killed
    assert [(each.left, each.stayed) for each in killed] == [((), ())] * len(killed)
