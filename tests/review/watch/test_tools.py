"""Real tools in throw-away surroundings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cloister.model import Plain
from cloister.review.seen import Ending, Observer
from cloister.review.watch import Order, World
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
def test_cloister_reads_with_its_own_jails_inside_and_leaves_its_output_alone(traced):
    program = Path(sys.executable).parent / "cloister"
    with World() as own:
        ran = own.run(document(str(program), "read", "--require-sandbox", "{input}", "-o", "{output}", traced=traced))
        killed = own.run(
            document(str(program), "read", "{input}", "-o", "{output}", traced=traced, kill_after=ran.seconds / 2)
        )
    assert (ran.ending, ran.code) == (Ending.EXIT, 0)
    assert set(ran.output.open().split()) >= WORDS
    assert [(each.path, each.mode) for each in ran.left] == [("/documents/1/out.txt", 0o600)]
    assert (ran.sent, ran.logged, ran.stayed, ran.unseen) == ((), (), (), ())
    assert controlled(ran) >= set(Observer) - {Observer.TRACE}
    assert [each.path for each in ran.wrote if not each.memory_only] == (["/documents/1/out.txt"] if traced else [])
    assert (killed.ending, killed.left, killed.stayed) == (Ending.KILLED, (), ())
