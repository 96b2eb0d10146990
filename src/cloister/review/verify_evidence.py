"""Checks a review's evidence, without a network and without Cloister: `python3 verify_evidence.py [FOLDER]`.

Needs Python 3.9 or newer and the package `cryptography`; lies beside the evidence, and imports nothing of Cloister.
Exit 0: everything fits. Exit 25: something does not. `--key FILE` names the public key that must have signed.

What it shows: nothing has changed since it was signed; every verdict rests on its grounds; the record and its exports
say what the evidence says. What it cannot show: that the signer tells the truth, or, without --key, who that is.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOES_NOT_VERIFY = 25
LONGEST = 64 << 20
IN_TOTO = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
KIND = "urn:cloister:{}:1"
NEEDS = ["stimulus", "control", "scope", "horizon"]
WORST = ["refuted", "stale", "inconclusive", "open", "not-claimed", "attested"]
PEOPLE = "signed.jsonl"
"""What people signed: optional, and grows."""
BOUND = [
    "command",
    "ended",
    "nonce",
    "policy_sha256",
    "samples_sha256",
    "started",
    "target",
    "tool_sha256",
    "valid_until",
    "verifier",
    "verifier_sha256",
]
"""What every statement is bound to."""
BECOMES = {
    "verified": {"stale"},
    "inconclusive": {"attested"},
    "open": {"attested"},
    "not-claimed": {"attested"},
}
"""What a record may say of a claim in place of what the review came to: time passed, or somebody gave their word."""


class Broken(Exception):
    """Something does not fit: a key of `WORDS`, and the name of a file."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__(f"{visible(where)}: {WORDS[why]}")
        self.why = why


def canonical(value: Any) -> bytes:
    """JSON in the one spelling that is signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


class Folder:
    """The files of one review; each is read once, and no link is followed."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.held: dict[str, bytes] = {}

    def there(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.path / name).is_file()

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        if name not in self.held:
            path = self.path / name
            if not re.fullmatch(r"(?:evidence/)?[A-Za-z0-9][A-Za-z0-9._-]*", name) or path.is_symlink():
                raise Broken("STRANGE", name)
            try:
                with path.open("rb") as file:
                    data = file.read(LONGEST + 1)
            except OSError:
                raise Broken("MISSING", name) from None
            if len(data) > LONGEST:
                raise Broken("STRANGE", name)
            self.held[name] = data
        return self.held[name]

    def sha256(self, name: str) -> str:
        """The hash of one file."""
        return hashlib.sha256(self.read(name)).hexdigest()

    def strangers(self, known: set[str]) -> list[str]:
        """Files that nothing speaks of."""
        found = []
        for entry in sorted(self.path.iterdir()):
            inside = entry.iterdir() if entry.name == "evidence" and entry.is_dir() else None
            found += [entry.name] if inside is None else [f"evidence/{each.name}" for each in sorted(inside)]
        return [name for name in found if name not in known]


def public(folder: Folder, name: str) -> tuple[Ed25519PublicKey, str]:
    """A public key and its fingerprint."""
    return from_pem(folder.read(name), name)


def from_pem(pem: bytes, name: str) -> tuple[Ed25519PublicKey, str]:
    """The same, from PEM."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise Broken("STRANGE", name) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Broken("STRANGE", name)
    return key, fingerprint(key)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's 32 bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def opened(envelope: bytes, key: Ed25519PublicKey, where: str) -> dict[str, Any]:
    """The statement in a DSSE envelope. One spelling of it only is accepted, so that no byte goes unsigned."""
    try:
        held = json.loads(envelope)
        payload = base64.b64decode(held["payload"], validate=True)
        (signed,) = held["signatures"]
        signature = base64.b64decode(signed["sig"], validate=True)
        spelt = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": IN_TOTO,
            "signatures": [{"keyid": fingerprint(key), "sig": base64.b64encode(signature).decode()}],
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Broken("STRANGE", where) from None
    if canonical(spelt) + b"\n" != envelope:
        raise Broken("STRANGE", where)
    message = b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)
    try:
        key.verify(signature, message)
    except InvalidSignature:
        raise Broken("SIGNATURE", where) from None
    statement = json.loads(payload)
    if not isinstance(statement, dict) or statement.get("_type") != STATEMENT or canonical(statement) != payload:
        raise Broken("STRANGE", where)
    return statement


def stated(folder: Folder, key: Ed25519PublicKey, name: str, kind: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The subjects, name to hash, and the predicate of one statement of this kind."""
    statement = opened(folder.read(name), key, name)
    if statement["predicateType"] != KIND.format(kind):
        raise Broken("STRANGE", name)
    subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    return subjects, statement["predicate"]


def compare(folder: Folder, subjects: dict[str, str]) -> None:
    """Every subject is a file with that hash."""
    for name, sha256 in subjects.items():
        if folder.sha256(name) != sha256:
            raise Broken("HASH", name)


def total(verdicts: list[str]) -> str:
    """What verdicts come to together: the worst of them."""
    return next((each for each in WORST if each in verdicts), "verified" if verdicts else "open")


def sound(finding: dict[str, Any]) -> bool:
    """Whether a verdict is one that its grounds and exhibits allow."""
    met = [ground["need"] for ground in finding["grounds"] if ground["met"]]
    if finding["verdict"] == "verified":
        return met == NEEDS and len(finding["grounds"]) == len(NEEDS) and not finding["exhibits"]
    return finding["verdict"] != "refuted" or bool(finding["exhibits"])


def check_review(folder: Folder) -> dict[str, Any]:
    """The review, its policy and its findings."""
    key, signer = public(folder, "evidence/review.pem")
    subjects, said = stated(folder, key, "evidence/review.dsse.json", "review")
    compare(folder, subjects)
    review: dict[str, Any] = json.loads(folder.read("review.json"))
    bound = {name: review[name] for name in BOUND}
    if said["bound"] != bound or said["signer"] != signer or said["tokens"] != review["token_sha256"]:
        raise Broken("RECORD", "evidence/review.dsse.json")
    if folder.sha256("policy.json") != review["policy_sha256"]:
        raise Broken("POLICY", "policy.json")
    verdicts = {finding["claim"]: finding["verdict"] for finding in review["findings"]}
    if said["verdicts"] != verdicts or len(verdicts) != len(review["findings"]):
        raise Broken("RECORD", "review.json")
    if not said["verdict"] == review["verdict"] == total(list(verdicts.values())):
        raise Broken("RECORD", "review.json")
    for finding in review["findings"]:
        name = f"evidence/claim-{finding['claim']}.dsse.json"
        if name not in subjects:
            raise Broken("MISSING", name)
        of, told = stated(folder, key, name, "finding")
        if told["finding"] != finding or told["bound"] != bound or not sound(finding):
            raise Broken("RECORD", name)
        if of.pop("tool", review["tool_sha256"]) != review["tool_sha256"]:
            raise Broken("RECORD", name)
        compare(folder, of)
    wanted = {"review.json", "policy.json", "evidence/review.pem"}
    wanted |= {f"evidence/claim-{claim}.dsse.json" for claim in verdicts}
    if set(subjects) != wanted:
        raise Broken("RECORD", "evidence/review.dsse.json")
    return {
        "review": review,
        "signer": signer,
        "self_signed": said["self_signed"],
        "subjects": subjects,
        "verdicts": verdicts,
    }


def check_people(folder: Folder) -> list[dict[str, Any]]:
    """What people signed, line by line; each line holds the hash of the one before."""
    if not folder.there(PEOPLE):
        return []
    told, before = [], folder.sha256("evidence/review.dsse.json")
    for line in folder.read(PEOPLE).splitlines(keepends=True):
        held = json.loads(base64.b64decode(json.loads(line)["payload"]))["predicate"]
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(held["key"], validate=True))
        except (ValueError, TypeError, KeyError):
            raise Broken("STRANGE", PEOPLE) from None
        statement = opened(line, key, PEOPLE)
        if statement["predicateType"] != KIND.format("word"):
            raise Broken("STRANGE", PEOPLE)
        if held["before"] != before:
            raise Broken("CHAIN", PEOPLE)
        before = hashlib.sha256(line).hexdigest()
        told.append({**held, "signer": fingerprint(key)})
    return told


def holds_until(review: dict[str, Any], policy: dict[str, Any]) -> str:
    """The last day on which what was verified counts: the review's, or that on which the policy is due."""
    end: str = review["valid_until"][:10]
    if policy["review"]["last"] is None:
        return end
    last = datetime.strptime(policy["review"]["last"], "%Y-%m-%d").replace(tzinfo=timezone.utc)
    due = last + timedelta(days=policy["review"]["interval"] // 86_400)
    return min(end, due.strftime("%Y-%m-%d"))


def check_record(folder: Folder, found: dict[str, Any], people: list[dict[str, Any]]) -> dict[str, Any]:
    """The record and its exports, against the review."""
    key, signer = public(folder, "evidence/record.pem")
    subjects, held = stated(folder, key, "evidence/record.dsse.json", "record")
    compare(folder, subjects)
    if folder.there(PEOPLE) and PEOPLE not in subjects:
        raise Broken("HASH", PEOPLE)
    record = json.loads(folder.read("record.json"))
    told = {row["claim"]: row["verdict"] for row in record["claims"]}
    until = holds_until(found["review"], json.loads(folder.read("policy.json"))["policy"])
    late = record["as_of"] > until
    words = {each["about"] for each in people if each["act"] == "attest" and each["expires"] >= record["as_of"]}
    for claim, verdict in told.items():
        was = found["verdicts"].get(claim, "open")
        if verdict != was and verdict not in BECOMES.get(was, ()):
            raise Broken("RECORD", "record.json")
        if was == "verified" and verdict != ("stale" if late else "verified"):
            raise Broken("RECORD", "record.json")
        if verdict == "attested" and was != "attested" and claim not in words:
            raise Broken("RECORD", "record.json")
    if record["until"] != until or not set(found["verdicts"]) <= set(told):
        raise Broken("RECORD", "record.json")
    if record["verdict"] != total(list(told.values())):
        raise Broken("RECORD", "record.json")
    if held["verdicts"] != told or held["verdict"] != record["verdict"] or held["signer"] != signer:
        raise Broken("RECORD", "evidence/record.dsse.json")
    for name, pattern in EXPORTS.items():
        lines = [(claim, said.lower().replace(" ", "-")) for claim, said in pattern.findall(folder.read(name).decode())]
        if dict(lines) != told or len(lines) != len(told):
            raise Broken("RECORD", name)
    if held["evidence"] != folder.sha256("evidence/review.dsse.json"):
        raise Broken("RECORD", "evidence/record.dsse.json")
    return {"signer": signer, "self_signed": held["self_signed"], "subjects": subjects, "record": record}


EXPORTS = {
    "record.md": re.compile(r"^### `([a-z0-9-]+)`: \*\*([A-Z ]+)\*\*$", re.MULTILINE),
    "record.html": re.compile(r'<tr data-claim="([a-z0-9-]+)" data-verdict="([a-z-]+)">'),
    "review.sarif": re.compile(r'^ +"claim": "([a-z0-9-]+)",\n +"verdict": "([a-z-]+)"$', re.MULTILINE),
    "review.junit.xml": re.compile(r'<testcase name="([a-z0-9-]+)" classname="([a-z-]+)"'),
}
"""How each export says what a claim came to. Text of a target cannot take these forms: it is escaped in each."""


def check(path: str, key: bytes | None = None, *, record: bool = True) -> dict[str, Any]:
    """Everything that was signed, once all of it fits; `Broken` with the first thing that does not.

    Without `record`, the record and its exports are left out: whoever writes them anew asks so.
    """
    folder = Folder(path)
    where = "evidence"
    try:
        found = check_review(folder)
        where = PEOPLE
        people = check_people(folder)
        where = "evidence/record.dsse.json"
        made = check_record(folder, found, people) if record else {"subjects": {}}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise Broken("STRANGE", where) from None
    if key is not None and found["signer"] != from_pem(key, "the key given")[1]:
        raise Broken("SIGNER", "evidence/review.dsse.json")
    known = {*found["subjects"], *made["subjects"], "evidence/review.dsse.json", "evidence/record.dsse.json", PEOPLE}
    return {**found, "people": people, "made": made, "strangers": folder.strangers(known), "folder": folder}


def visible(text: str) -> str:
    """Text with everything that a terminal might obey made visible."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def show(result: dict[str, Any]) -> None:
    """What fits, as a table."""
    told = {row["claim"]: row["verdict"] for row in result["made"]["record"]["claims"]}
    for claim, verdict in told.items():
        was = result["verdicts"].get(claim, "no finding")
        print(f"ok  {verdict:12}  {claim:30}{'' if was == verdict else f'  (the review: {was})'}")
    print(f"ok  {len(result['folder'].held)} files, every hash and signature")
    for each in result["people"]:
        print(f"ok  {each['act']} by {visible(each['by'])}, key {each['signer'][:16]}")
    for name in result["strangers"]:
        print(f"--  {visible(name)}: not part of the evidence; nobody signed it")
    until = result["made"]["record"]["until"]
    if datetime.now(timezone.utc).strftime("%Y-%m-%d") > until:
        print(f"--  it held until {until}: what was verified is stale now")
    else:
        print(f"it holds until {until}")
    for what, part in (("review", result), ("record", result["made"])):
        who = "a key made for this run, which anybody can make (self-signed)" if part["self_signed"] else "the key"
        print(f"{what} signed by {who} {part['signer']}")


def main() -> int:
    """Check the folder that is named, or the one that this file lies in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--key", metavar="FILE", help="the public key, in PEM, that must have signed the review")
    given = parser.parse_args()
    try:
        pem = Path(given.key).read_bytes() if given.key is not None else None
        result = check(given.folder, pem)
    except OSError:
        parser.error("the file given with --key cannot be read")
    except Broken as problem:
        print(f"NO  {problem}", file=sys.stderr)
        return DOES_NOT_VERIFY
    show(result)
    return 0


WORDS = {
    "MISSING": "is missing",
    "STRANGE": "is not of the form that was written",
    "SIGNATURE": "its signature does not fit",
    "HASH": "is not what was signed",
    "RECORD": "does not say what the evidence says",
    "CHAIN": "a line was taken out or put in",
    "POLICY": "is not the policy that was reviewed",
    "SIGNER": "was signed with another key than the one given",
}

if __name__ == "__main__":
    sys.exit(main())
