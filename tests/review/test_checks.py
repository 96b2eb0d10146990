"""Each check on experiments made by hand: an honest tool, each fault, and each observer or control taken away."""

from __future__ import annotations

import dataclasses

import pytest

from cloister.model import Plain
from cloister.review import checks
from cloister.review.checks import CHECKS, findings
from cloister.review.claims import COMMAND
from cloister.review.experiment import Experiment, Item, Place
from cloister.review.seen import Ending, Left, Observer, Ran, Sent, Stayed, What, Wrote
from cloister.review.verdict import Verdict
from tests.review.experiments import changed, found, honest, ran, without

EVERY = tuple(claim.id for claim in COMMAND)
CONTENT = {"nothing-kept", "nothing-kept-after-failure", "nothing-kept-after-kill", "log-clean", "error-clean"}
WATCHED = CONTENT | {"nothing-written-beside", "private-files"}


def verdicts(experiment: Experiment) -> dict[str, Verdict]:
    return {finding.claim: finding.verdict for finding in findings(experiment)}


def refuted(experiment: Experiment) -> set[str]:
    return {claim for claim, verdict in verdicts(experiment).items() if verdict is Verdict.REFUTED}


def verified(experiment: Experiment) -> set[str]:
    return {claim for claim, verdict in verdicts(experiment).items() if verdict is Verdict.VERIFIED}


def test_every_claim_has_its_check_and_its_finding():
    assert tuple(CHECKS) == EVERY
    assert tuple(finding.claim for finding in findings(honest())) == EVERY


def test_an_honest_tool_is_verified_in_everything():
    told = {finding.claim: (finding.verdict, finding.reason) for finding in findings(honest())}
    assert {claim for claim, (verdict, _) in told.items() if verdict is not Verdict.VERIFIED} == set(), told


def left(path: str = "/home/u/x", *, mode: int = 0o600, what: What = What.FILE, data: bytes | None = b"x") -> Left:
    return Left(path, what, mode, 1, None if data is None else Plain(data))


def with_left(run: Ran, more: Left) -> Ran:
    return dataclasses.replace(run, left=(*run.left, more))


def replace(**values: object):
    return lambda run: dataclasses.replace(run, **values)


def again_with(*wrote: Wrote):
    return lambda run: dataclasses.replace(run, wrote=wrote)


FAULTS = {
    "a canary in a file": (lambda e: found(e, "sound/1", Place.FILE), {"nothing-kept"}),
    "a canary in a name": (lambda e: found(e, "sound/1", Place.NAME), {"nothing-kept"}),
    "where a link points": (lambda e: found(e, "untraced/1", Place.TARGET), {"nothing-kept"}),
    "in a log file": (lambda e: found(e, "again/3", Place.FILE, "/home/u/tool.log"), {"nothing-kept", "log-clean"}),
    "kept on failure": (lambda e: found(e, "bad/cut off", Place.FILE), {"nothing-kept-after-failure"}),
    "kept when killed": (lambda e: found(e, "killed/2", Place.FILE), {"nothing-kept-after-kill"}),
    "standard error": (lambda e: found(e, "sound/2", Place.STDERR), {"log-clean"}),
    "standard output": (lambda e: found(e, "sound/2", Place.STDOUT), {"log-clean"}),
    "system log": (lambda e: found(e, "sound/2", Place.LOG), {"log-clean"}),
    "error message": (lambda e: found(e, "bad/damaged", Place.STDERR), {"error-clean", "log-clean"}),
    "another's text": (lambda e: found(e, "together/2", Place.OUTPUT, whose="first"), {"runs-apart"}),
    "a temporary file": (
        lambda e: changed(e, replace(wrote=(Wrote("/tmp/t", 0o600),)), "again"),
        {"nothing-written-beside"},
    ),
    "an open temporary file": (
        lambda e: changed(e, replace(wrote=(Wrote("/tmp/t", 0o666),)), "again"),
        {"nothing-written-beside", "private-files"},
    ),
    "an output that is closed to others when it is whole": (
        lambda e: changed(
            e,
            replace(
                wrote=(
                    Wrote("/documents/1/out.txt", 0o644, output=True),
                    Wrote("/documents/1/out.txt", 0o600, output=True),
                )
            ),
            "again",
        ),
        {"private-files"},
    ),
    "an open file in a closed folder": (
        lambda e: changed(
            e, replace(wrote=(Wrote("/tmp/t", 0o700, folder=True), Wrote("/tmp/t/page", 0o644))), "again"
        ),
        {"nothing-written-beside"},
    ),
    "a file is left": (lambda e: changed(e, lambda r: with_left(r, left()), "sound"), {"nothing-written-beside"}),
    "output for all": (
        lambda e: changed(e, replace(left=(left("/documents/1/out.txt", mode=0o644),)), "sound"),
        {"nothing-written-beside", "private-files"},
    ),
    "a connection": (
        lambda e: changed(e, replace(sent=(Sent("tcp", "192.0.2.1:80", Observer.TRACE),)), "sound"),
        {"nothing-sent"},
    ),
    "when killed only": (
        lambda e: changed(e, replace(sent=(Sent("udp", "192.0.2.1:53", Observer.NETWORK),)), "killed"),
        {"nothing-sent"},
    ),
    "a daemon": (lambda e: changed(e, replace(stayed=(Stayed("d"),)), "again"), {"ends"}),
    "the input changed": (lambda e: changed(e, replace(input_as_before=False), "sound"), {"input-untouched"}),
    "empty success": (
        lambda e: changed(e, replace(code=0, output=Plain(b"\n")), "bad"),
        {"failures-told"},
    ),
    "an error as text": (
        lambda e: changed(e, replace(code=0, output=Plain(b"no such file")), "bad"),
        {"failures-told"},
    ),
    "a crash": (lambda e: changed(e, replace(ending=Ending.SIGNAL, code=-11), "bad"), {"failures-told"}),
    "no word": (lambda e: changed(e, replace(stderr=Plain(b" ")), "bad"), {"failures-told"}),
    "never the same": (
        lambda e: changed(e, lambda r: replace(output=Plain(r.case.encode()))(r) if r.case[-1] == "2" else r, "again"),
        {"same-output"},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_refutes_what_it_breaks_and_nothing_else(name):
    fault, broken = FAULTS[name]
    assert refuted(fault(honest())) == broken


@pytest.mark.parametrize(
    ("form", "words", "surely"), [("misread", 1, False), ("pdf > misread", 2, True), ("xor", 1, False)]
)
def test_one_misread_word_is_no_proof_of_another_document(form, words, surely):
    experiment = found(honest(), "together/2", Place.OUTPUT, whose="first")
    last = dataclasses.replace(experiment.found[-1], form=form, words=words)
    told = verdicts(dataclasses.replace(experiment, found=(*experiment.found[:-1], last)))
    assert (told["runs-apart"] is Verdict.REFUTED) == surely


def test_a_file_that_was_private_when_it_was_made_stays_so_when_it_is_opened_again():
    told = verdicts(changed(honest(), again_with(Wrote("/tmp/t", 0o600), Wrote("/tmp/t", 0o644)), "again"))
    assert told["private-files"] is Verdict.INCONCLUSIVE  # it may have been made anew
    shared = changed(
        changed(honest(), again_with(Wrote("/tmp/t", 0o600)), "again"), again_with(Wrote("/tmp/t", 0o644)), "together"
    )
    assert verdicts(shared)["private-files"] is Verdict.INCONCLUSIVE  # another run's file may have been there
    told = verdicts(changed(honest(), again_with(Wrote("/tmp/t", 0o644), Wrote("/tmp/t", 0o600)), "again"))
    assert told["private-files"] is Verdict.REFUTED


IN_A_FOLDER = (Wrote("/tmp/d", 0o700, folder=True), Wrote("/tmp/d/page.png", 0o644), Wrote("/tmp/d/link"))


@pytest.mark.parametrize(
    "more",
    [
        Wrote("/tmp/d", 0o711, folder=True),  # taken away, and made anew
        Wrote("/tmp/d", 0o755),  # opened
        Wrote("/tmp/d/link", 0o755),  # a link that may lead to it
        Wrote("/proc/self/fd/5", 0o711, memory_only=True),
        Wrote("/tmp/page.png"),  # moved out
        Wrote("/tmp/d"),
        Wrote("/tmp/e"),
    ],
)
def test_a_file_in_a_folder_that_was_made_for_nobody_else_was_open_to_nobody(more):
    assert verdicts(changed(honest(), again_with(*IN_A_FOLDER), "again"))["private-files"] is Verdict.VERIFIED
    told = changed(changed(honest(), again_with(*IN_A_FOLDER), "again"), again_with(more), "together")
    assert verdicts(told)["private-files"] is Verdict.REFUTED
    outside = (Wrote("/tmp/d", 0o700, folder=True), Wrote("/tmp/other.png", 0o644))
    assert verdicts(changed(honest(), again_with(*outside), "again"))["private-files"] is Verdict.REFUTED


def reason(experiment: Experiment, claim: str) -> str:
    return next(finding.reason for finding in findings(experiment) if finding.claim == claim)


def test_what_could_not_be_told_is_told_by_its_own_reason():
    late = changed(honest(), replace(ending=Ending.TIMEOUT), "sound")
    assert "left something" not in reason(late, "nothing-kept-after-failure")
    assert "timeout" in reason(late, "nothing-kept-after-failure")
    for cut in ("again", "untraced"):
        out_of_time = replace(ending=Ending.TIMEOUT, output=None, stayed=(Stayed("d"),))
        told = verdicts(changed(honest(), out_of_time, cut))
        assert {told["same-output"], told["ends"]} == {Verdict.INCONCLUSIVE}

    def dated(run):
        return dataclasses.replace(run, output=Plain((run.output or Plain(b"")).open() + run.case.encode()))

    assert "even alone" in reason(changed(changed(honest(), dated, "again"), dated, "together"), "runs-apart")
    assert "than alone" in reason(changed(honest(), dated, "together"), "runs-apart")


def test_what_may_be_chance_neither_refutes_nor_verifies():
    experiment = found(honest(), "sound/1", Place.FILE)
    last = dataclasses.replace(experiment.found[-1], form="gzip > xor", words=1)
    told = verdicts(dataclasses.replace(experiment, found=(*experiment.found[:-1], last)))
    assert told["nothing-kept"] is Verdict.INCONCLUSIVE
    assert Verdict.REFUTED not in told.values()


@pytest.mark.parametrize(
    ("name", "unsure"),
    [
        ("a canary in a file", {"nothing-kept-after-failure", "nothing-kept-after-kill"}),
        ("a temporary file", {"nothing-kept-after-kill"}),
        ("a file is left", {"nothing-kept-after-kill"}),
    ],
)
def test_what_a_kill_at_another_moment_would_leave_is_not_verified(name, unsure):
    fault, _ = FAULTS[name]
    told = verdicts(fault(honest()))
    assert {claim for claim, verdict in told.items() if verdict is Verdict.INCONCLUSIVE} == unsure


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("observer", Observer)
def test_taking_an_observer_away_never_lets_a_fault_through(name, observer):
    fault, broken = FAULTS[name]
    assert not verified(changed(fault(honest()), without(observer))) & broken


CARRIED = {
    Observer.TRACE: {
        "nothing-written-beside",
        "nothing-sent",
        "failures-told",
        "error-clean",
        "nothing-kept-after-failure",
        "nothing-kept-after-kill",
    },
    Observer.WALK: WATCHED - {"error-clean"} | {"input-untouched"},
    Observer.NETWORK: {"nothing-sent"},
    Observer.SYSLOG: {"log-clean"},
    Observer.PROCESSES: {"ends", "nothing-kept", "nothing-kept-after-failure", "nothing-kept-after-kill"},
    Observer.STREAMS: {"log-clean", "error-clean", "failures-told", "same-output", "runs-apart"},
}


@pytest.mark.parametrize("present", [False, True], ids=["absent", "unproven"])
@pytest.mark.parametrize("observer", Observer)
def test_what_an_observer_carried_turns_inconclusive_without_it(observer, present):
    told = verdicts(changed(honest(), without(observer, present=present)))
    assert {told[claim] for claim in CARRIED[observer]} == {Verdict.INCONCLUSIVE}
    assert {claim for claim, verdict in told.items() if verdict is not Verdict.VERIFIED} == CARRIED[observer]


SPOILT = {
    "the scanner misses a seeded leak": (lambda e: dataclasses.replace(e, recall=0.99), CONTENT | {"runs-apart"}),
    "a decoy is found": (lambda e: dataclasses.replace(e, decoys=1), CONTENT | {"runs-apart"}),
    "a surface is off": (lambda e: dataclasses.replace(e, missing_surfaces=("xmp",)), CONTENT | {"runs-apart"}),
    "no canary on the page": (
        lambda e: dataclasses.replace(e, surfaces=("xmp",), missing_surfaces=("pixels",)),
        set(EVERY),
    ),
    "the page did not come back": (lambda e: dataclasses.replace(e, found=()), set(EVERY)),
    "the input was never opened": (
        lambda e: changed(e, replace(opened_input=False), "again", "sound", "together", "bad", "killed"),
        set(EVERY),
    ),
    "io_uring": (
        lambda e: changed(e, replace(unseen=("io_uring was set up",))),
        set(EVERY) - {"same-output", "runs-apart", "input-untouched", "reads"},
    ),
    "it knows that it is traced": (
        lambda e: changed(e, replace(code=1, output=None, left=()), "untraced"),
        {
            "nothing-kept",
            "nothing-kept-after-failure",
            "nothing-kept-after-kill",
            "nothing-written-beside",
            "nothing-sent",
            "log-clean",
            "private-files",
        },
    ),
    "killed too late": (
        lambda e: changed(e, replace(ending=Ending.EXIT, code=0), "killed"),
        {"nothing-kept-after-kill"},
    ),
    "the input opened in a way that may have made it": (
        lambda e: changed(
            e, lambda r: dataclasses.replace(r, wrote=(Wrote("/documents/1/in.png", 0o644, source=True),)), "again"
        ),
        {"private-files"},
    ),
    "an answer to being asked to end that was not seen": (
        lambda e: changed(e, replace(answers={"SIGTERM": 1, "SIGHUP": 1}, answered={"SIGTERM": 1})),
        {
            "nothing-kept-after-kill",
            "nothing-written-beside",
            "nothing-sent",
            "log-clean",
            "private-files",
            "ends",
        },
    ),
    "nothing failed": (
        lambda e: dataclasses.replace(e, runs=tuple(run for run in e.runs if not run.case.startswith("bad"))),
        {"nothing-kept-after-failure", "error-clean", "failures-told"},
    ),
    "bytes that nobody understands": (
        lambda e: dataclasses.replace(e, unexplained=((Item("sound/1", Place.FILE, "/x"), "random"),)),
        {"nothing-kept", "nothing-written-beside", "log-clean", "private-files"},
    ),
    "a file that could not be read": (
        lambda e: changed(e, lambda r: with_left(r, left(data=None)), "killed"),
        {"nothing-kept-after-kill", "private-files", "log-clean"},
    ),
    "a message queue that could not be read": (
        lambda e: changed(e, lambda r: with_left(r, left(what=What.OTHER, data=None)), "sound"),
        {"nothing-kept", "nothing-kept-after-failure", "nothing-kept-after-kill"},
    ),
    "times that the tool set": (
        lambda e: changed(e, lambda r: with_left(r, dataclasses.replace(left(data=b""), timed=True)), "sound"),
        {"nothing-kept", "nothing-kept-after-failure", "nothing-kept-after-kill"},
    ),
    "a run that did not end": (
        lambda e: changed(e, replace(ending=Ending.TIMEOUT), "measured"),
        {"nothing-kept", "nothing-sent", "log-clean", "ends"},
    ),
    "nothing ran": (lambda e: dataclasses.replace(e, runs=()), set(EVERY)),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_lost_its_ground_is_not_verified(name):
    spoil, claims = SPOILT[name]
    told = verdicts(spoil(honest()))
    assert not {claim for claim in claims if told[claim] is Verdict.VERIFIED}
    assert {claim for claim, verdict in told.items() if verdict is Verdict.REFUTED} <= {
        "same-output",
        "nothing-written-beside",
    } - claims


def test_pages_for_accuracy_too_few_are_inconclusive_and_bad_ones_refute():
    def asked(share):
        experiment = honest()
        return dataclasses.replace(experiment, plan=dataclasses.replace(experiment.plan, recall=share))

    assert verdicts(asked(None))["reads"] is Verdict.NOT_CLAIMED
    assert verdicts(asked(0.2))["reads"] is Verdict.VERIFIED
    assert verdicts(asked(0.9))["reads"] is Verdict.INCONCLUSIVE
    nothing = changed(asked(0.9), replace(output=Plain(b"quite other things")), "measured")
    assert verdicts(nothing)["reads"] is Verdict.REFUTED


def test_a_check_that_fails_itself_is_inconclusive(monkeypatch):
    def fails(_):
        raise RuntimeError("some content")

    monkeypatch.setitem(checks.CHECKS, "ends", fails)
    finding = next(finding for finding in findings(honest()) if finding.claim == "ends")
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "content" not in finding.reason
    assert ran("bad/empty").code


def test_an_answer_to_being_asked_to_end_that_was_seen_spoils_nothing():
    terms = {"SIGTERM": 2}
    seen = changed(changed(honest(), replace(answers=terms)), replace(answers=terms, answered=terms), "killed")
    assert set(verdicts(seen).values()) == {Verdict.VERIFIED}
    early = changed(seen, replace(answered={"SIGTERM": 1}), "killed")
    assert verdicts(early)["nothing-kept-after-kill"] is Verdict.INCONCLUSIVE
