"""Done when: every change of an exported log is caught offline by the stand-alone verifier, and so are truncation and a
log that its key's holder wrote anew, once there is a witness."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.audit import verify_log
from cloister.audit.checkpoint import Checkpoint
from cloister.audit.export import SCRIPT, export, script
from cloister.audit.held import CHECKPOINT, Held, read
from cloister.audit.log import Log
from cloister.audit.merkle import Tree, leaf_hash
from cloister.audit.witness import FolderWitness, ask
from cloister.audit.witness import folder as folders
from cloister.audit.witness.asking import keep
from cloister.events import Event
from cloister.sign import Key, Verifier
from tests.audit.logs import ORIGIN, START, Ticking, drafts, make

SECONDS = START // 1000


class Case:
    """A log that two witnesses signed at sizes 12 and 20, and that went on to 25."""

    def __init__(self, base: Path):
        self.log, self.clock = base / "log", Ticking()
        self.key = make(self.log, (3,) * 4, clock=self.clock)
        self.vkey = Verifier(ORIGIN, self.key.public).vkey()
        self.witnesses = []
        for name in ("one", "two"):
            folders.create(base / name, f"witness.example/{name}", Verifier(ORIGIN, self.key.public))
            self.witnesses.append(FolderWitness(base / name))
        self.heads = {12: (self.log / CHECKPOINT).read_bytes()}
        self.sign(self.witnesses[0])
        self.early = export(self.held())
        for size in (1, 3, 4):
            self.grow(size)
        self.sign(self.witnesses[1])
        self.grow(5)
        self.files = export(self.held())
        self.known = tuple(witness.verifier.vkey() for witness in self.witnesses)

    def held(self) -> Held:
        return read(self.log)

    def grow(self, size: int) -> None:
        with Log(self.log, self.key, clock=self.clock) as log:
            log.append(*drafts(size, seed=log.size))
        self.heads[self.held().checkpoint.size] = (self.log / CHECKPOINT).read_bytes()

    def sign(self, witness: FolderWitness) -> None:
        keep(self.log, ask(self.held(), witness, SECONDS))

    def seen(self, at: int) -> bytes:
        return self.witnesses[at].last(Verifier(ORIGIN, self.key.public)).written()


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return Case(tmp_path_factory.mktemp("case"))


def refused(files, *, why=None, **given):
    with pytest.raises(verify_log.Broken) as broken:
        verify_log.check(files, **given)
    assert why is None or broken.value.why in why
    return broken.value.why


def test_a_whole_log_verifies_and_is_told_to_be_unwitnessed_where_nobody_is_named(case):
    lines = verify_log.told(verify_log.check(case.files))
    assert lines[-2].startswith("UNWITNESSED")
    assert lines[-1].startswith(f"proven up to 25 at {json.loads(case.files['events.jsonl'].splitlines()[-1])['time']}")
    assert sum(line.startswith("--") for line in lines) == 2
    lines = verify_log.told(verify_log.check(case.files, case.vkey, case.known, (case.seen(0), case.seen(1))))
    assert lines[-2] == "proven up to 20 at 2026-09-21T14:13:20Z, against anyone"
    assert lines[-1].startswith("the 5 events after that")
    assert not any("UNWITNESSED" in line for line in lines)


# ---- Changes by somebody without the log's key.


def _flip(rng, files):
    name = rng.choice([name for name in files if files[name]])
    data = bytearray(files[name])
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return {**files, name: bytes(data)}


def _lines(rng, files):
    """Swap, drop, double or move lines of the events or of what witnesses signed."""
    name = rng.choice(["events.jsonl", "events.jsonl", "witnessed.jsonl"])
    lines = files[name].splitlines(keepends=True)
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(4)
    if way == 0:
        lines[one], lines[two] = lines[two], lines[one]
    elif way == 1:
        del lines[one]
    elif way == 2:
        lines.insert(two, lines[one])
    else:
        lines.insert(two, lines.pop(one))
    return {**files, name: b"".join(lines)}


def _renumbered(rng, files):
    """Reorder, drop or put in events, with numbers and times that fit again."""
    held = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    at = rng.randrange(len(held))
    if rng.random() < 0.5:
        held.insert(rng.randrange(len(held)), held.pop(at))
    elif rng.random() < 0.5:
        del held[at]
    else:
        held.insert(at, dict(held[rng.randrange(len(held))]))
    times = sorted(each["time"] for each in held)
    held = [{**each, "number": number, "time": times[number]} for number, each in enumerate(held)]
    return {**files, "events.jsonl": b"".join(verify_log.canonical(each) + b"\n" for each in held)}


def _refact(rng, files):
    """Say something else in one event, in its one spelling."""
    held = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    each = rng.choice(held)
    name = rng.choice(["act", "actor", "outcome", "policy", "subject", "facts", "time"])
    each[name] = {"facts": {"level": "low"}, "time": each["time"][:-2] + "7Z"}.get(name, "changed")
    return {**files, "events.jsonl": b"".join(verify_log.canonical(one) + b"\n" for one in held)}


def _rooted(files):
    """The files with the root that fits their events in the checkpoint, under the signature that was there."""
    lines = files["checkpoint"].decode().split("\n")
    leaves = files["events.jsonl"].splitlines()
    lines[1:3] = str(len(leaves)), base64.b64encode(Tree(map(leaf_hash, leaves)).root()).decode()
    return {**files, "checkpoint": "\n".join(lines).encode()}


def _forked(rng, files):
    """Another history, its root put in where the old one was, or signed with a key of one's own."""
    changed = rng.choice([_refact, _renumbered])(rng, files)
    if rng.random() < 0.5:
        return _rooted(changed)
    return signed_anew(Key.new(), changed["events.jsonl"].splitlines(), files["witnessed.jsonl"])


def _mixed(rng, files, early):
    """Parts of an older export among those of the newer."""
    name = rng.choice(["events.jsonl", "checkpoint", "events.jsonl checkpoint"])
    return {**files, **{part: early[part] for part in name.split()}}


MUTATIONS = [_flip, _flip, _lines, _renumbered, _refact, _forked]


def _mutate(count, seed, case):
    rng = random.Random(seed)
    caught = 0
    for _ in range(count):
        mutate = rng.choice([*MUTATIONS, _mixed])
        changed = mutate(rng, case.files, case.early) if mutate is _mixed else mutate(rng, case.files)
        if changed == case.files:
            continue
        # That a witness's signature was taken out is seen by who asks for it; all else by who has the log's key alone.
        dropped = len(changed["witnessed.jsonl"].splitlines()) < 2
        refused(changed, key=case.vkey, witnesses=case.known if dropped or rng.random() < 0.5 else ())
        caught += 1
    return caught


def test_flips_reorderings_and_forks_are_caught(case):
    assert _mutate(250, 1, case) > 200


@pytest.mark.proof
def test_ten_thousand_flips_reorderings_and_forks_are_caught(case):
    caught = _mutate(11_000, 2, case)
    print(caught)
    assert caught >= 10_000


def test_every_byte_of_what_is_not_an_event_counts(case):
    for name in ("checkpoint", "log.vkey", "witnessed.jsonl"):
        for at in range(len(case.files[name])):
            changed = bytearray(case.files[name])
            changed[at] ^= 1
            refused({**case.files, name: bytes(changed)}, key=case.vkey)


def test_other_spellings_are_refused(case):
    for name in case.files:
        for changed in (
            case.files[name] + b"\n",
            case.files[name] + b" ",
            case.files[name].replace(b"\n", b"\r\n"),
            b"",
        ):
            refused({**case.files, name: changed}, key=case.vkey, witnesses=case.known)
    refused({**case.files, "events.jsonl": case.files["events.jsonl"].replace(b",", b", ")}, why={"STRANGE"})


# ---- Changes by who holds the log's key.


def signed_anew(key, leaves, witnessed=b""):
    """An export of any events, as who holds a key can make it."""
    head = Checkpoint(ORIGIN, len(leaves), Tree(map(leaf_hash, leaves)).root())
    return {
        "events.jsonl": b"".join(leaf + b"\n" for leaf in leaves),
        "checkpoint": head.signed(key).written(),
        "log.vkey": f"{Verifier(ORIGIN, key.public).vkey()}\n".encode(),
        "witnessed.jsonl": witnessed,
    }


def cut(case, size, notes=()):
    """The log cut to a size, with the checkpoint of that size or one made anew, and these witnesses' signatures."""
    leaves = case.held().leaves[:size]
    root = Tree(map(leaf_hash, leaves)).root()
    head = Checkpoint(ORIGIN, size, root)
    note = head.signed(case.key)
    return export(Held(Verifier(ORIGIN, case.key.public), head, note, tuple(leaves), 0, tuple(notes)))


def test_truncation_to_every_earlier_checkpoint_is_caught_with_a_witness(case):
    notes = case.held().witnessed
    for size in range(25):
        fitting = [each for each in notes if each.checkpoint.size <= size]
        files = cut(case, size, fitting)
        if size in case.heads:
            assert files["checkpoint"] == case.heads[size], "what is cut to is a checkpoint that the log once had"
        # Without a witness it fits, and says that nobody outside vouches for it.
        assert any(line.startswith("UNWITNESSED") for line in verify_log.told(verify_log.check(files, case.vkey)))
        if size < 20:
            refused(files, why={"UNWITNESSED"}, key=case.vkey, witnesses=case.known)
            refused(files, why={"CUT"}, key=case.vkey, seen=(case.seen(1),))
        else:
            result = verify_log.check(files, case.vkey, case.known, (case.seen(1),))
            assert verify_log.told(result)[-1 if size == 20 else -2].startswith("proven up to 20 ")
        if size < 12:
            refused(files, why={"CUT"}, key=case.vkey, seen=(case.seen(0),))


def test_an_old_signature_of_a_witness_shows_its_date_and_what_it_keeps_shows_the_cut(case):
    witness = case.witnesses[0]
    early = dict(case.early)
    lines = verify_log.told(verify_log.check(early, case.vkey, (witness.verifier.vkey(),)))
    assert lines[-1] == "proven up to 12 at 2026-09-21T14:13:20Z, against anyone"
    refused(early, why={"CUT"}, key=case.vkey, witnesses=(witness.verifier.vkey(),), seen=(case.seen(1),))


def _histories(case):
    """Other histories: an event changed, left out or put in, at each place; renumbered, so that they fit."""
    held = [Event.read(leaf) for leaf in case.held().leaves]
    for at in range(len(held)):
        yield [*held[:at], held[(at + 1) % 25], *held[at + 1 :]]
        yield [*held[:at], *held[at + 1 :], held[0]]
        yield [*held[:at], held[0], *held[at:-1]]


def test_a_log_that_was_written_anew_and_signed_by_its_key_is_caught_with_a_witness(case):
    caught = 0
    times = [Event.read(leaf).moment for leaf in case.held().leaves]
    for history in _histories(case):
        leaves = [event.draft().at(number, times[number]).leaf() for number, event in enumerate(history)]
        first = next((n for n, leaf in enumerate(leaves) if leaf != case.held().leaves[n]), 25)
        for witnessed in (b"", case.files["witnessed.jsonl"]):
            files = signed_anew(case.key, leaves, witnessed)
            if first >= 20:
                continue
            if not witnessed:
                told = verify_log.told(verify_log.check(files, case.vkey))
                assert any(line.startswith("UNWITNESSED") for line in told)
                refused(files, why={"UNWITNESSED"}, key=case.vkey, witnesses=case.known[1:])
            else:
                refused(files, why={"FORKED"}, key=case.vkey)
            refused(files, why={"FORKED"}, key=case.vkey, seen=(case.seen(1),))
            caught += 1
    assert caught > 100


def test_a_log_of_another_key_is_caught_by_the_key_and_by_what_a_witness_saw(case):
    files = signed_anew(Key.new(), case.held().leaves)
    refused(files, why={"SIGNER"}, key=case.vkey)
    refused(files, why={"SIGNER", "SIGNATURE"}, seen=(case.seen(0),))


def test_a_witness_that_the_log_made_up_vouches_for_nothing(case, tmp_path):
    folders.create(tmp_path / "own", "witness.example/one", Verifier(ORIGIN, case.key.public))
    own = FolderWitness(tmp_path / "own")
    held = case.held()
    given = Held(held.verifier, held.checkpoint, held.note, held.leaves, 0, (ask(held, own, SECONDS),))
    told = verify_log.told(verify_log.check(export(given), case.vkey))
    assert any(line.startswith("UNWITNESSED") for line in told)
    refused(export(given), why={"UNWITNESSED"}, key=case.vkey, witnesses=case.known[:1])


# ---- The script itself.


def _run(folder, *words):
    command = [sys.executable, "-I", str(folder / SCRIPT), *words]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def exported(case, tmp_path):
    for name, data in {**case.files, SCRIPT: script()}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "seen").write_bytes(case.seen(1))
    return tmp_path


def test_the_script_stands_alone(case, exported):
    done = _run(exported)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2].startswith("UNWITNESSED")
    words = [
        "--key",
        case.vkey,
        "--witness",
        case.known[0],
        "--witness",
        case.known[1],
        "--seen",
        str(exported / "seen"),
    ]
    done = _run(exported, str(exported), *words)
    assert done.returncode == 0, done.stderr
    assert "proven up to 20 at 2026-09-21T14:13:20Z, against anyone" in done.stdout
    (exported / "checkpoint").write_bytes(case.heads[12])
    done = _run(exported)
    assert (done.returncode, done.stdout, done.stderr) == (
        25,
        "",
        "NO  events.jsonl: holds more or fewer events than were signed\n",
    )
    (exported / "log.vkey").unlink()
    assert _run(exported).returncode == 25


def test_the_script_imports_nothing_of_cloister_and_opens_no_connection(exported):
    code = f"""
import runpy, sys, socket
def no(*_): raise SystemExit(7)
socket.socket = no
sys.argv = [{str(exported / SCRIPT)!r}]
try: runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end: assert end.code == 0, end.code
print([name for name in sys.modules if name.split(".")[0] == "cloister"])
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_text_for_a_terminal_is_made_visible():
    assert verify_log.visible("a\x1b[31m\u202eb") == "a\ufffd[31m\ufffdb"


def test_an_empty_log_verifies(tmp_path):
    make(tmp_path / "log", ())
    lines = verify_log.told(verify_log.check(export(read(tmp_path / "log"))))
    assert lines[-1] == "proven up to 0, against anyone but who holds the log's key"


def test_the_script_can_be_read_in_five_minutes():
    lines = script().decode().splitlines()
    code = [line for line in lines if line.strip() and not line.strip().startswith(("#", '"""'))]
    assert len(code) < 340


def test_nothing_is_left_behind(exported):
    before = sorted(exported.iterdir())
    _run(exported)
    assert sorted(exported.iterdir()) == before
