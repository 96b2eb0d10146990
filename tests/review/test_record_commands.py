"""`cloister review record` and its kin, as a person or a program uses them."""

from __future__ import annotations

import contextlib
import io
import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cloister.cli import group
from cloister.review.record import keep, today
from tests.cli.command import Ran, on_terminal
from tests.review.reviews import HOSTILE, PLAIN, now, review, signed_off, sound

POLICY = signed_off(last=today() - timedelta(days=30), kinds=1)
UNTIL = today() + timedelta(days=20)


@pytest.fixture
def folders(tmp_path) -> Path:
    keep(now(review(POLICY, PLAIN)), POLICY, tmp_path / "leaky")
    keep(replace(now(sound(POLICY)), findings=sound(POLICY).findings[:-1]), POLICY, tmp_path / "clean")
    return tmp_path


def run(folder: Path, *words: str) -> Ran:
    """As `cloister` does it, but in this process, which takes a tenth of the time."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = group.run(["review", *words])
    return Ran(code, out.buffer.getvalue(), err.buffer.getvalue().decode())


def test_a_key_is_made_once_and_shows_its_public_half(folders):
    made = run(folders, "key", "key.pem")
    assert made.code == 0
    assert stat.S_IMODE((folders / "key.pem").stat().st_mode) == 0o600
    assert run(folders, "key", "key.pem").code == 5
    assert run(folders, "key", "--public", "key.pem").text.startswith("-----BEGIN PUBLIC KEY-----\n")
    (folders / "key.pem").chmod(0o644)
    assert run(folders, "key", "--public", "key.pem").code == 9


def test_a_record_is_attested_approved_and_verified(folders):
    run(folders, "key", "key.pem")
    (folders / "public.pem").write_bytes(run(folders, "key", "--public", "key.pem").out)
    said = ("--by", "A. Person", "--key", "key.pem")
    attested = run(folders, "attest", "clean", "reads", *said, "--says", "I read ten pages", "--expires", f"{UNTIL}")
    assert (attested.code, attested.text) == (0, f"reads is attested until {UNTIL}.\n")
    assert run(folders, "approve", "clean", *said).code == 0
    verified = run(folders, "record", "verify", "clean")
    assert verified.text.startswith("It verifies: 13 findings, signed with a key made for this run (self-signed)")
    assert run(folders, "record", "verify", "clean", "--key", "public.pem").code == 25
    record = json.loads(run(folders, "record", "show", "clean", "-f", "json").text)
    assert (record["verdict"], record["status"]) == ("attested", "accepted")
    assert [word["by"] for word in record["words"]] == ["A. Person"] * 2
    alone = [sys.executable, "-I", "verify_evidence.py"]
    done = subprocess.run(alone, cwd=folders / "clean", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("A. Person")) == (0, 2)


def test_a_record_that_was_changed_is_mended_and_evidence_is_not(folders):
    run(folders, "key", "key.pem")
    (folders / "clean/record.html").write_text("VERIFIED")
    (folders / "clean/evidence/record.dsse.json").unlink()
    assert run(folders, "record", "verify", "clean").code == 25
    said = ("--by", "A", "--key", "key.pem", "--says", "so", "--expires", f"{UNTIL}")
    assert run(folders, "attest", "clean", "E1", *said).code == 25
    mended = run(folders, "record", "write", "clean", "--key", "key.pem")
    assert (mended.code, mended.text) == (0, f"Written as of {today()}; nobody has signed it.\n")
    assert run(folders, "record", "verify", "clean").code == 0
    path = folders / "clean/evidence/claim-ends.dsse.json"
    path.write_bytes(path.read_bytes()[:-1])
    assert run(folders, "record", "write", "clean", "--key", "key.pem").code == 25


def test_words_cannot_change_what_an_experiment_settled(folders):
    run(folders, "key", "key.pem")
    said = ("--by", "A", "--key", "key.pem", "--says", "so", "--expires", f"{UNTIL}")
    for about in ("nothing-kept-after-kill", "nothing-kept", "R6", "no-such-claim"):
        assert run(folders, "attest", "leaky", about, *said).code == 1
    for day in (today() - timedelta(days=1), today() + timedelta(days=400)):
        assert run(folders, "attest", "leaky", "E1", *said[:-1], f"{day}").code == 1
    assert run(folders, "attest", "leaky", "E1", "--by", " ", *said[2:]).code == 1
    refused = run(folders, "approve", "leaky", "--by", "A", "--key", "key.pem")
    assert (refused.code, "a claim is refuted" in refused.err) == (1, True)
    assert not (folders / "leaky/signed.jsonl").exists()


def test_what_was_changed_ends_with_25_and_a_missing_folder_with_5(folders):
    path = folders / "clean/review.json"
    path.write_bytes(path.read_bytes().replace(b'"runs": 37', b'"runs": 38'))
    for words in (
        ("record", "verify", "clean"),
        ("record", "show", "clean"),
        ("record", "diff", "clean", "leaky"),
        ("map", "clean"),
        ("answers", "clean"),
        ("due", "clean"),
    ):
        ran = run(folders, *words)
        assert (ran.code, ran.out) == (25, b"")
        assert ran.err.startswith("cloister: clean: This evidence does not verify: a file is not what was signed.")
    assert run(folders, "record", "verify", "none").code == 5
    assert run(folders, "record", "verify", "leaky", "--key", "none").code == 5


def test_what_is_overdue_ends_with_24(folders):
    assert run(folders, "due", "clean").code == 0
    late = signed_off(last=today() - timedelta(days=181), kinds=1)
    keep(now(sound(late)), late, folders / "late")
    ran = run(folders, "due", "late")
    assert (ran.code, ran.text) == (24, f"late: overdue since {today() - timedelta(days=1)}\n")
    assert "[overdue]" in ran.err
    shown = json.loads(run(folders, "record", "show", "late", "-f", "json").text)
    assert {claim["verdict"] for claim in shown["claims"]} == {"stale"}
    assert run(folders, "due").code == 24  # the policy that is shipped was never signed off
    never = replace(POLICY, review=replace(POLICY.review, last=None, approved_by=()))
    keep(now(sound(never)), never, folders / "never")
    assert run(folders, "due", "never").code == 24


def test_a_difference_is_marked_and_told_to_programs(folders):
    told = run(folders, "record", "diff", "clean", "leaky").text.splitlines()
    assert "! worse    claim nothing-kept-after-kill: VERIFIED -> REFUTED" in told
    assert "! worse    data path: tool -> /tmp/ocr.io.*/origin.pdf is new" in told
    changes = json.loads(run(folders, "record", "diff", "clean", "leaky", "--json").text)["changes"]
    assert len(changes) == len(told) - 1
    assert run(folders, "record", "diff", "clean", "clean").text == "No difference.\n"


def test_answers_and_map_are_told(folders):
    told = run(folders, "answers", "leaky", "--since", "clean", "--all").text
    assert "  since the last record: worse: claim nothing-kept-after-kill: VERIFIED -> REFUTED\n" in told
    assert "  R6 REFUTED      What becomes of jobs that failed or stopped half way?\n" in told
    assert len(json.loads(run(folders, "answers", "leaky", "--json").text)["questions"]) == 66
    assert "/tmp/ocr.io.*/origin.pdf (seen, not declared)" in run(folders, "map", "leaky").text
    assert run(folders, "map", "leaky", "-f", "svg", "-o", "map.svg").code == 0
    assert (folders / "map.svg").read_bytes() == (folders / "leaky/map.svg").read_bytes()
    assert run(folders, "map", "leaky", "-f", "mermaid").out == (folders / "leaky/map.mmd").read_bytes()


def test_every_export_is_shown_as_it_was_kept(folders):
    for form, name in (("md", "md"), ("html", "html"), ("sarif", "sarif"), ("junit", "junit.xml")):
        (kept,) = (folders / "leaky").glob(f"re*.{name}")
        assert run(folders, "record", "show", "leaky", "-f", form).out == kept.read_bytes()
    assert run(folders, "record", "leaky").out == (folders / "leaky/record.md").read_bytes()
    assert "No such command 'verfiy'" in run(folders, "record", "verfiy", "leaky").err


def test_a_terminal_obeys_nothing_of_a_target(tmp_path):
    keep(now(review(POLICY, HOSTILE)), POLICY, tmp_path / "hostile")
    for words in (("record", "show"), ("map",), ("answers", "--all")):
        shown = on_terminal("review", *words, str(tmp_path / "hostile")).out
        assert b"\x1b" not in shown
        assert "\u202e" not in shown.decode()
        assert b"\x00" not in shown


def test_the_commands_have_no_network(folders):
    log = folders / "trace"
    words = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(log)]
    command = [sys.executable, "-m", "cloister.cli.main", "review", "record", "show", str(folders / "clean")]
    subprocess.run([*words, *command], check=True, capture_output=True)
    assert "AF_INET" not in log.read_text()
