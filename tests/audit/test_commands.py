"""`cloister audit`: what it prints, and how it ends."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import zxingcpp

from cloister.audit.held import CHECKPOINT, EVENTS, read
from cloister.audit.log import Log
from cloister.cli import group
from cloister.events import Act, Draft, Id, Thing
from cloister.sign import Verifier
from tests.audit.logs import ORIGIN, PERSON, POLICY, Ticking, make


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Run a command in a folder with a log in it; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = group.run(["audit", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    run.key = make(tmp_path / "log", (2,) * 4)
    run.vkey = Verifier(ORIGIN, run.key.public).vkey()
    return run


def _witness(cli, name="w"):
    code, vkey, _ = cli("witness", "new", name, "--name", f"witness.example/{name}", "--log", cli.vkey)
    assert code == 0
    return vkey.strip()


def test_show_prints_the_last_events(cli):
    code, out, err = cli("show", "log", "--last", 3)
    assert (code, err, len(out.splitlines())) == (0, "", 3)
    assert "7  done: an artefact was shredded doc-" in out
    assert cli("show", "log", "--last", 0)[1].count("\n") == 8
    leaves = read("log").leaves
    assert cli("show", "log", "--json")[1].encode() == b"".join(leaf + b"\n" for leaf in leaves)


def test_show_picks_by_id_and_by_act(cli):
    event = next(read("log").events())
    assert cli("show", "log", "--about", event.subject)[1].count("\n") == 1
    assert cli("show", "log", "--about", event.actor)[1].count("\n") == 2
    assert cli("show", "log", "--act", "shredded")[1].count("\n") == 2
    assert cli("show", "log", "--about", "invoice.pdf")[0] == 1
    assert cli("show", "log", "--act", "other")[0] == 1


def test_verify_says_how_far_it_is_proven(cli):
    code, out, _ = cli("verify", "log", "--key", cli.vkey)
    assert code == 0
    assert out.splitlines()[-2].startswith("UNWITNESSED")
    vkey = _witness(cli)
    assert cli("verify", "log", "--witness", vkey)[0] == 25
    assert cli("witness", "ask", "log", "--folder", "w")[0] == 0
    code, out, _ = cli("verify", "log", "--witness", vkey, "--seen", "w")
    assert code == 0
    assert out.splitlines()[-1].startswith("proven up to 8 at 20")
    told = json.loads(cli("verify", "log", "--witness", vkey, "--json")[1])
    assert (told["unwitnessed"], told["proven_against_anyone"], told["size"]) == (False, 8, 8)
    told = json.loads(cli("verify", "log", "--json")[1])
    assert (told["unwitnessed"], told["signed_by_others"]) == (True, [vkey])


def test_verify_and_show_end_with_25_if_anything_was_changed(cli):
    file = Path("log", EVENTS)
    file.write_bytes(file.read_bytes().replace(b"submitted", b"shortened", 1))
    for words in (("verify", "log"), ("show", "log"), ("export", "log", "out"), ("prove", "log", 1)):
        code, out, err = cli(*words)
        assert (code, out) == (25, "")
        assert "log: The log does not verify: " in err
        assert "[log-does-not-verify]" in err
    assert not Path("out").exists()


def test_what_a_witness_saw_speaks_against_a_log_that_was_cut(cli):
    early = Path("log", CHECKPOINT).read_bytes(), Path("log", EVENTS).read_bytes()
    with Log("log", cli.key, clock=Ticking(boot="later", wall=1_790_000_100_000)) as log:
        log.append(Draft(PERSON, Act.SWEPT, Id("4" * 32, Thing.VAULT), POLICY, facts={"documents": 0, "orphans": 0}))
    _witness(cli)
    cli("witness", "ask", "log", "--folder", "w")
    cli("witness", "print", "log", "-o", "code.png")
    picture = cv2.imread("code.png", cv2.IMREAD_GRAYSCALE)
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    Path("paper").write_text(code.text.rstrip("\n"))
    assert cli("verify", "log", "--seen", "paper")[0] == 0
    for file, data in zip((CHECKPOINT, EVENTS), early, strict=True):
        Path("log", file).write_bytes(data)
    for each in Path("log/witnessed").iterdir():
        each.unlink()
    assert cli("verify", "log")[0] == 0
    for seen in ("w", "paper"):
        code, _, err = cli("verify", "log", "--seen", seen)
        assert (code, "the witness saw a longer log" in err) == (25, True)
    assert cli("witness", "ask", "log", "--folder", "w")[0] == 25


def test_an_export_is_verified_by_itself(cli):
    code, out, _ = cli("export", "log", "out", "--json")
    assert (code, json.loads(out)["events"]) == (0, 8)
    assert {stat.S_IMODE(path.stat().st_mode) for path in Path("out").iterdir()} == {0o600}
    assert stat.S_IMODE(Path("out").stat().st_mode) == 0o700
    assert cli("verify", "out", "--key", cli.vkey)[0] == 0
    done = subprocess.run([sys.executable, "out/verify_log.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, _, err = cli("export", "log", "out")
    assert (code, "[output-exists]" in err) == (5, True)
    (Path("out") / "checkpoint").unlink()
    assert cli("verify", "out")[0] == 25


def test_a_receipt_is_verified_by_itself(cli):
    assert cli("prove", "log", 2, 5, "-o", "receipt.json")[0] == 0
    assert stat.S_IMODE(Path("receipt.json").stat().st_mode) == 0o600
    code, out, _ = cli("verify", "receipt.json", "--key", cli.vkey)
    assert (code, out.count("ok  ")) == (0, 3)
    assert "UNWITNESSED" in cli("prove", "log", 2, "-f", "text")[1]
    Path("receipt.json").write_bytes(Path("receipt.json").read_bytes().replace(b"done", b"gone", 1))
    assert cli("verify", "receipt.json")[0] == 25
    assert cli("verify", "receipt.json", "--seen", "log/checkpoint")[0] == 1


def test_a_proof_that_the_log_goes_on_is_as_a_witness_is_asked(cli):
    code, out, _ = cli("prove", "log", "--since", 3)
    assert code == 0
    assert out.startswith("old 3\n")
    assert out.endswith(read("log").note.written().decode())


@pytest.mark.parametrize(
    "words",
    [
        ("prove", "log"),
        ("prove", "log", 1, "--since", 1),
        ("prove", "log", 8),
        ("prove", "log", -1),
        ("prove", "log", "--since", 9),
        ("prove", "log", "--since", 0),
        ("prove", "log", *range(300)),
        ("verify", "log", "--key", "no key"),
        ("verify", "log", "--witness", "no key"),
        ("witness", "ask", "log"),
        ("witness", "ask", "log", "--folder", "w", "--url", "https://witness.example"),
        ("witness", "ask", "log", "--url", "https://witness.example"),
        ("witness", "ask", "log", "--folder", "w", "--key", "no key"),
        ("witness", "new", "w", "--name", "with space", "--log", "no key"),
        ("witness", "new", "w", "--name", "name", "--log", "no key"),
    ],
)
def test_what_makes_no_sense_is_refused(cli, words):
    code, out, err = cli(*words)
    assert (code, out) == (1, "")
    assert err.startswith("cloister: ")


def test_what_is_not_there_or_open_to_others_is_refused(cli):
    assert cli("show", "none")[0] == 5
    assert cli("verify", "none")[0] == 5
    assert cli("verify", "log", "--seen", "none")[0] == 5
    assert cli("verify", "log", "--seen", "w\0")[0] == 5
    assert cli("witness", "ask", "log", "--folder", "none")[0] == 5
    assert cli("witness", "ask", "log", "--url", "http://witness.example/", "--key", _witness(cli))[0] == 1
    assert cli("witness", "ask", "log", "--url", "http://127.0.0.1:1/", "--key", _witness(cli, "v"))[0] == 15
    Path("empty").mkdir(mode=0o700)
    assert cli("show", "empty")[0] == 25
    Path("log").chmod(0o750)
    assert cli("show", "log")[0] == 9


def test_a_policy_that_nobody_approved_is_told(cli):
    with Log("log", cli.key, clock=Ticking(boot="later", wall=1_790_000_100_000)) as log:
        facts = {"before": POLICY, "after": "cd" * 32, "widened": 1}
        log.append(Draft(PERSON, Act.POLICY_LOADED, None, POLICY, facts=facts))
    code, out, err = cli("verify", "log")
    assert (code, out) == (20, "")
    assert "0 of 2 approvals" in err


def test_names_in_messages_obey_nobody(cli):
    assert "\x1b" not in cli("show", "\x1b[31mred")[2]


def test_the_commands_that_need_no_network_give_it_up():
    code = "import sys, socket\nfrom cloister.cli.main import main\nmain(['audit', 'show', 'none'])\nsocket.socket()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
