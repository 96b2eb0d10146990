"""Evidence verifies offline with the script alone, and nothing that was changed in it does."""

from __future__ import annotations

import base64
import json
import random
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from cloister.errors import BadKey, DoesNotVerify, OutputExists
from cloister.policy import canonical
from cloister.review import evidence, keyfile, signed, verify_evidence
from cloister.review.record import again, keep, read, today
from cloister.review.restore import restore
from cloister.review.result import Review
from cloister.review.signed import Act, Word
from cloister.review.verdict import Verdict
from cloister.sign import Key
from tests.policy.made import SHIPPED, policy
from tests.review.reviews import HOSTILE, now, review, signed_off, sound

POLICY = signed_off(last=today() - timedelta(days=30), kinds=1)
UNTIL = today() + timedelta(days=150)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A kept review, signed with a key in a file, with an attestation in it."""
    folder = tmp_path_factory.mktemp("made")
    keyfile.make(folder / "key.pem")
    keep(now(review(POLICY)), POLICY, folder / "kept", key=str(folder / "key.pem"))
    word = Word(Act.ATTEST, "reads", "A. Person", "I looked", today(), today() + timedelta(days=30))
    again(folder / "kept", keyfile.load(folder / "key.pem"), word)
    return folder


@pytest.fixture
def kept(made, tmp_path) -> Path:
    shutil.copytree(made / "kept", tmp_path / "kept")
    return tmp_path / "kept"


def script(folder: Path, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the copy of the script that lies in the folder, with nothing of Cloister in reach."""
    command = [*before, sys.executable, "-I", str(folder / "verify_evidence.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_it_verifies_in_a_namespace_without_a_network(kept):
    count = subprocess.run(["unshare", "-rn", "ip", "-o", "link"], capture_output=True, text=True, check=False)
    assert count.returncode or len(count.stdout.splitlines()) == 1
    done = script(kept, before=("unshare", "-rn"))
    assert done.returncode == 0, done.stderr
    for line in (
        f"it holds until {UNTIL}",
        "ok  refuted       nothing-kept-after-kill",
        "ok  attested      reads",
        "ok  28 files",
    ):
        assert line in done.stdout


def test_the_script_knows_nothing_of_cloister(kept):
    source = (kept / "verify_evidence.py").read_text()
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= {*sys.stdlib_module_names, "cryptography"}
    assert source == Path(verify_evidence.__file__).read_text()


def test_files_are_private_and_hold_no_canary(kept):
    for path in kept.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    of = now(review(POLICY, ("/tmp/scan-CAKCAKCAF.png", "/tmp/cakcakcaf/1.txt")))
    keep(of, POLICY, kept.parent / "named")
    assert "[canary]" in (kept.parent / "named/review.json").read_text()
    for path in (kept.parent / "named").rglob("*.*"):
        held = path.read_bytes()
        inside = base64.b64decode(json.loads(held)["payload"]) if path.name.endswith(".dsse.json") else b""
        assert b"CAKCAKCAF" not in (held + inside).upper()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def flip(folder: Path, each: int) -> list[str]:
    """Flip bits of every file, one at a time; give the flips that nobody noticed."""
    draw, missed = random.Random(7), []
    for name in files(folder):
        path = folder / name
        held = path.read_bytes()
        ends = [(0, 0), (len(held) - 1, 0)]
        places = ends + [(draw.randrange(len(held)), draw.randrange(8)) for _ in range(each)]
        for at, bit in places:
            path.write_bytes(held[:at] + bytes([held[at] ^ 1 << bit]) + held[at + 1 :])
            try:
                verify_evidence.check(str(folder))
            except verify_evidence.Broken:
                continue
            missed.append(f"{name} {at} {bit}")
        path.write_bytes(held)
    verify_evidence.check(str(folder))
    return missed


def test_a_flipped_bit_in_any_file_is_noticed(kept):
    assert flip(kept, 2) == []


@pytest.mark.proof
def test_many_flipped_bits_in_every_file_are_noticed(kept):
    assert flip(kept, 100) == []


def test_the_script_says_which_file_and_ends_with_25(kept):
    path = kept / "record.html"
    path.write_bytes(path.read_bytes().replace(b"REFUTED", b"VERIFIE", 1))
    done = script(kept)
    assert (done.returncode, done.stderr) == (25, "NO  record.html: is not what was signed\n")
    with pytest.raises(DoesNotVerify):
        read(kept)


def test_a_file_that_is_missing_cut_or_exchanged_is_noticed(kept):
    other = kept.parent / "other"
    keep(replace(now(review(POLICY)), nonce="ff" * 16), POLICY, other)
    for name in files(kept):
        held = (kept / name).read_bytes()
        for change in (None, held[:-1], b"", (other / name).read_bytes() if (other / name).exists() else b"x"):
            if change == held:
                continue
            (kept / name).unlink(missing_ok=True)
            if change is not None:
                (kept / name).write_bytes(change)
            with pytest.raises(verify_evidence.Broken):
                verify_evidence.check(str(kept))
        (kept / name).write_bytes(held)
    verify_evidence.check(str(kept))


def test_a_link_is_not_followed(kept):
    shutil.copy(kept / "record.md", kept.parent / "elsewhere")
    (kept / "record.md").unlink()
    (kept / "record.md").symlink_to(kept.parent / "elsewhere")
    with pytest.raises(verify_evidence.Broken):
        verify_evidence.check(str(kept))


def test_a_file_that_nobody_signed_is_told(kept):
    (kept / "record-final.html").write_text("VERIFIED")
    (kept / "evidence/claim-more.dsse.json").write_text("{}")
    done = script(kept)
    assert done.returncode == 0
    assert done.stdout.count("not part of the evidence; nobody signed it") == 2


def test_who_signed_is_compared_where_a_key_is_given(made, kept):
    public = kept.parent / "public.pem"
    public.write_bytes(keyfile.load(made / "key.pem").public.pem())
    done = script(kept, "--key", str(public))
    assert done.returncode == 0
    assert "(self-signed)" not in done.stdout
    public.write_bytes(Key.new().public.pem())
    assert script(kept, "--key", str(public)).returncode == 25
    self_signed = kept.parent / "self"
    keep(now(review(POLICY)), POLICY, self_signed)
    assert "(self-signed)" in script(self_signed).stdout
    assert "self-signed" in (self_signed / "record.html").read_text()


def _forged(folder: Path, change: dict[str, bytes], key: Key) -> None:
    """Change files of a record and sign them again, as whoever holds a key can."""
    record = read(folder).record(today())
    kept_files = {
        name: (folder / name).read_bytes()
        for name in files(folder)
        if not name.startswith("evidence/") and name not in {"review.json", "policy.json"}
    }
    kept_files |= {**change, evidence.RECORD_KEY: key.public.pem()}
    for name, data in kept_files.items():
        (folder / name).write_bytes(data)
    statement = (folder / evidence.REVIEW).read_bytes()
    (folder / evidence.RECORD).write_bytes(evidence.of_record(record, kept_files, statement, key, own=False))


def test_a_record_that_says_more_than_the_evidence_is_refused_though_it_is_signed(kept):
    before = {name: (kept / name).read_bytes() for name in files(kept)}
    _forged(kept, {}, Key.new())
    verify_evidence.check(str(kept))
    for name, old, new in (
        ("record.md", b"`nothing-kept-after-kill`: **REFUTED**", b"`nothing-kept-after-kill`: **VERIFIED**"),
        ("record.html", b'after-kill" data-verdict="refuted"', b'after-kill" data-verdict="verified"'),
        ("review.sarif", b'"verdict": "refuted"', b'"verdict": "verified"'),
        ("review.junit.xml", b'classname="refuted"', b'classname="verified"'),
        ("record.json", b'"verdict": "inconclusive"', b'"verdict": "verified"'),
        ("record.json", b'"verdict": "inconclusive"', b'"verdict": "attested"'),
        ("record.json", f'"until": "{UNTIL}"'.encode(), b'"until": "2099-04-30"'),
        ("record.json", f'"as_of": "{today()}"'.encode(), b'"as_of": "2099-04-30"'),
    ):
        for each, data in before.items():
            (kept / each).write_bytes(data)
        assert old in before[name]
        _forged(kept, {name: before[name].replace(old, new, 1)}, Key.new())
        with pytest.raises(verify_evidence.Broken, match="does not say what the evidence says"):
            verify_evidence.check(str(kept))


@pytest.mark.parametrize(
    "change",
    [
        lambda finding: finding["grounds"][3].update(met=False),
        lambda finding: finding["grounds"].pop(),
        lambda finding: finding["grounds"].reverse(),
        lambda finding: finding["exhibits"].append({}),
        lambda finding: finding.update(verdict="refuted"),
    ],
)
def test_a_verdict_without_its_grounds_is_refused_though_it_is_signed(tmp_path, change):
    good, key = now(sound(POLICY)), Key.new()
    keep(good, POLICY, tmp_path)
    held = json.loads(good.to_json())
    change(held["findings"][0])
    verdicts = [finding["verdict"] for finding in held["findings"]]
    held["verdict"] = verify_evidence.total(verdicts)
    liar = SimpleNamespace(to_json=lambda: json.dumps(held), tool_sha256=good.tool_sha256)
    for name, data in evidence.of_review(liar, held, canonical(POLICY), key, own=True).items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(verify_evidence.Broken, match=r"nothing-kept\.dsse\.json: does not say what the evidence"):
        verify_evidence.check(str(tmp_path))
    if held["findings"][0]["verdict"] == "refuted" or len(held["findings"][0]["grounds"]) < 4:
        with pytest.raises((ValueError, TypeError)):
            Review.from_json(json.dumps(held))


def test_lines_that_people_signed_cannot_be_changed_taken_out_or_reordered(made, kept):
    key = keyfile.load(made / "key.pem")
    for by in ("B. Person", "C. Person"):
        again(kept, key, Word(Act.ATTEST, "E1", by, "so", today(), today()))
    lines = (kept / signed.FILE).read_bytes().splitlines(keepends=True)
    assert [word.by for word in read(kept).words] == ["A. Person", "B. Person", "C. Person"]
    for order in ((1, 2), (0, 2), (0, 1), (1, 0, 2), (0, 0, 1, 2), (0, 2, 1)):
        data = b"".join(lines[place] for place in order)
        (kept / signed.FILE).write_bytes(data)
        with pytest.raises(verify_evidence.Broken):
            verify_evidence.check(str(kept))
    for order in ((1, 2), (0, 2), (1, 0, 2)):
        (kept / signed.FILE).write_bytes(b"".join(lines[place] for place in order))
        folder = verify_evidence.Folder(str(kept))
        with pytest.raises(verify_evidence.Broken):
            verify_evidence.check_people(folder)


def test_a_folder_in_which_somebody_signed_is_not_written_over(kept):
    before = {name: (kept / name).read_bytes() for name in files(kept)}
    with pytest.raises(OutputExists):
        keep(now(review(POLICY)), POLICY, kept)
    assert before == {name: (kept / name).read_bytes() for name in files(kept)}


def test_an_older_review_is_replaced_whole(tmp_path):
    keep(now(review(POLICY)), POLICY, tmp_path)
    fewer = replace(now(sound(POLICY)), findings=now(sound(POLICY)).findings[:3])
    keep(fewer, POLICY, tmp_path)
    assert script(tmp_path).stdout.count("not part of") == 0
    assert len(read(tmp_path).review.findings) == 3


def test_a_folder_that_was_left_half_way_does_not_verify(tmp_path, monkeypatch):
    keep(now(review(POLICY)), POLICY, tmp_path)
    saves, module = [], sys.modules["cloister.review.record.keep"]
    real = module.save

    def fails(chunks, target, **words):
        saves.append(target)
        if len(saves) == 9:
            raise OutputExists
        return real(chunks, target, **words)

    monkeypatch.setattr(module, "save", fails)
    with pytest.raises(OutputExists):
        keep(now(sound(POLICY)), POLICY, tmp_path)
    monkeypatch.undo()
    with pytest.raises(verify_evidence.Broken):
        verify_evidence.check(str(tmp_path))


def test_what_cannot_be_kept_is_refused(tmp_path):
    with pytest.raises(DoesNotVerify):
        keep(replace(now(review(POLICY)), policy_sha256="00" * 32), POLICY, tmp_path / "a")
    doubled = replace(now(review(POLICY)), findings=now(review(POLICY)).findings[:1] * 2)
    named = replace(now(review(POLICY)).findings[0], claim="../../x")
    for findings in (doubled.findings, (named,)):
        with pytest.raises(DoesNotVerify):
            keep(replace(now(review(POLICY)), findings=findings), POLICY, tmp_path / "b")
    (tmp_path / "key").write_text("none")
    with pytest.raises(BadKey):
        keep(now(review(POLICY)), POLICY, tmp_path / "c", key=str(tmp_path / "key"))
    assert not (tmp_path / "c").exists()


def test_a_review_comes_back_as_it_was(tmp_path):
    keep(now(review(POLICY)), POLICY, tmp_path)
    assert read(tmp_path).review == now(review(POLICY))
    assert read(tmp_path).policy == POLICY
    assert any(exhibit.where in HOSTILE for exhibit in read(tmp_path).review.findings[2].exhibits)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_policy_comes_back_from_its_canonical_form(name):
    assert restore(canonical(policy(name))) == policy(name)
    with pytest.raises(DoesNotVerify):
        restore(canonical(policy(name)).replace(b'"high"', b'"low"', 1))


def test_verdicts_go_stale_and_words_expire(made, kept):
    end = UNTIL
    word = read(kept).words[0]
    fresh, over = read(kept).record(word.expires), read(kept).record(word.expires + timedelta(days=1))
    assert {row.finding.claim: row.finding.verdict for row in fresh.rows}["reads"] is Verdict.ATTESTED
    assert {row.finding.claim: row.finding.verdict for row in over.rows}["reads"] is Verdict.OPEN
    late = read(kept).record(end + timedelta(days=1))
    found = {row.finding.verdict for row in late.rows}
    assert Verdict.VERIFIED not in found
    assert Verdict.REFUTED in found
    assert late.overdue
    assert not read(kept).record(end).overdue
    del made
