"""Checks an export of a log, or a receipt, without a network and without Cloister: `python3 verify_log.py [PATH]`.

Needs Python 3.9 or newer and the package `cryptography`; lies beside the export, and imports nothing of Cloister.
Exit 0: everything fits. Exit 25: something does not. Take the script, the keys and what the witness saw from elsewhere
than the export, or they prove only that it fits itself.

    --key VKEY       the public key of the log, from who runs it
    --witness VKEY   the public key of a witness, from the witness; its signature must be there
    --seen FILE      the last checkpoint that a witness saw, from the witness or from paper

What it shows: no event was changed, moved, taken out or put in since the log was signed, against anyone but who holds
the log's key. Against them too, up to the size that a witness signed or saw, and no further. A log that was cut to an
older size shows only against --seen, or by an old date of the witness. That what was logged is true, it cannot show.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOES_NOT_VERIFY = 25
LONGEST, YEAR_10000 = 4 << 30, 253_402_300_800
EVENTS, CHECKPOINT, VKEY, WITNESSED = "events.jsonl", "checkpoint", "log.vkey", "witnessed.jsonl"
LOG_KEY, WITNESS_KEY = 1, 4
FIELDS = ["act", "actor", "facts", "number", "outcome", "policy", "subject", "time", "v"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class Broken(Exception):
    """Something does not fit: a key of `WORDS`, and where."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__(f"{visible(where)}: {WORDS[why]}")
        self.why = why


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of an event, as all hashes here that of RFC 9162."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def roots(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree over the first so many leaves, for each size."""
    found: dict[int, bytes] = {}
    peaks: list[bytes] = []
    for size in range(len(leaves) + 1):
        if size:
            hashed, rest = leaf_hash(leaves[size - 1]), size - 1
            while rest & 1:
                hashed, rest = node_hash(peaks.pop(), hashed), rest >> 1
            peaks.append(hashed)
        if size in sizes:
            root = peaks[-1] if peaks else hashlib.sha256(b"").digest()
            for peak in reversed(peaks[:-1]):
                root = node_hash(peak, root)
            found[size] = root
    return found


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether the proof leads from event number `index` to the root (RFC 9162, 2.1.3.2)."""
    at, last, found = index, size - 1, leaf_hash(leaf)
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(each, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    return 0 <= index < size and last == 0 and found == root


def goes_on(before: int, size: int, proof: list[bytes], old: bytes, new: bytes) -> bool:
    """Whether the proof leads from the root of `before` events to that of `size` (RFC 9162, 2.1.4.2)."""
    if before in (0, size):
        return not proof and (before == 0 or old == new)
    at, last = before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    path = proof if at else [old, *proof]
    if not path:
        return False
    one = other = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            one, other = node_hash(each, one), node_hash(each, other)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            other = node_hash(other, each)
        at, last = at >> 1, last >> 1
    return last == 0 and one == old and other == new


def plain(text: str, where: str) -> bytes:
    """The bytes of base64 in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Broken("STRANGE", where) from None
    if base64.b64encode(data).decode() != text:
        raise Broken("STRANGE", where)
    return data


class Signer:
    """Who may have signed notes (c2sp.org/signed-note): name and public key, from a line such as `name+id+key`."""

    def __init__(self, vkey: str, kind: int, where: str) -> None:
        name, _, rest = vkey.partition("+")
        material = plain(rest.partition("+")[2], where)
        self.name, self.kind, self.vkey = name, kind, vkey
        self.id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
        if material[:1] != bytes([kind]) or len(material) != 33 or rest.partition("+")[0] != self.id.hex() or not name:
            raise Broken("STRANGE", where)
        self.key = Ed25519PublicKey.from_public_bytes(material[1:])

    def signed(self, text: str, body: bytes, where: str) -> int:
        """The time at which a witness says that it signed, 0 for a log; `Broken` if it did not sign this."""
        seconds, message = 0, text.encode()
        if self.kind == WITNESS_KEY:
            seconds, body = int.from_bytes(body[:8], "big"), body[8:]
            message = b"cosignature/v1\ntime %d\n" % seconds + message
            if not 0 < seconds < YEAR_10000:
                raise Broken("STRANGE", where)
        try:
            self.key.verify(body, message)
        except InvalidSignature:
            raise Broken("SIGNATURE", where) from None
        return seconds


class Checkpoint:
    """A signed size and root of a log; only what `log` signed, and, where one is named, `witness` too."""

    def __init__(self, data: bytes, log: Signer, where: str, witness: Signer | None = None) -> None:
        whole = data.decode()
        text, _, below = whole.rpartition("\n\n")
        self.text, lines = text + "\n", below.split("\n")
        self.origin, size, root = text.split("\n")
        self.size, self.root = int(size), plain(root, where)
        if f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}" != text or len(self.root) != 32:
            raise Broken("STRANGE", where)
        if lines.pop() or self.size < 0:
            raise Broken("STRANGE", where)
        self.signatures: dict[tuple[str, bytes], bytes] = {}
        for line in lines:
            dash, name, given = line.split(" ")
            body = plain(given, where)
            if dash != "\u2014" or (name, body[:4]) in self.signatures:
                raise Broken("STRANGE", where)
            self.signatures[name, body[:4]] = body[4:]
        if self.origin != log.name or (log.name, log.id) not in self.signatures:
            raise Broken("SIGNER", where)
        for signer in [log, witness] if witness else [log]:
            if (signer.name, signer.id) not in self.signatures:
                raise Broken("UNWITNESSED", where)
            self.seconds = signer.signed(self.text, self.signatures[signer.name, signer.id], where)

    def only(self, *signers: Signer) -> bool:
        """Whether nobody but these signed, so that every byte of it is vouched for."""
        return set(self.signatures) == {(each.name, each.id) for each in signers}


def canonical(value: Any) -> bytes:
    """JSON in the one spelling that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@contextmanager
def form(where: str) -> Iterator[None]:
    """Say `where` something is not of the form that is written."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise Broken("STRANGE", where) from None


def event(leaf: bytes, number: int, before: str) -> dict[str, Any]:
    """An event that has the form, number and time it must have; `before` is the time of the one before."""
    where = f"event {number}"
    with form(where):
        held: dict[str, Any] = json.loads(leaf)
        if canonical(held) != leaf or sorted(held) != FIELDS or not TIME.fullmatch(held["time"]):
            raise Broken("STRANGE", where)
        if held["number"] != number:
            raise Broken("NUMBER", where)
        if held["time"] < before and held["act"] != "clock-confirmed":
            raise Broken("TIME", where)
        return held


def opened(files: dict[str, bytes], key: str | None) -> tuple[Signer, Checkpoint]:
    """The log's key and its checkpoint."""
    with form(VKEY):
        log = Signer(files[VKEY].decode().removesuffix("\n"), LOG_KEY, VKEY)
        if key not in {None, log.vkey} or files[VKEY] != log.vkey.encode() + b"\n":
            raise Broken("SIGNER", VKEY)
    with form(CHECKPOINT):
        head = Checkpoint(files[CHECKPOINT], log, CHECKPOINT)
        if not head.only(log):
            raise Broken("STRANGE", CHECKPOINT)
    return log, head


def listed(files: dict[str, bytes], size: int) -> tuple[list[bytes], str]:
    """The events as they were hashed, and the time of the last."""
    *leaves, rest = files[EVENTS].split(b"\n")
    if rest or len(leaves) != size:
        raise Broken("SIZE", EVENTS)
    last = ""
    for number, leaf in enumerate(leaves):
        last = event(leaf, number, last)["time"]
    return leaves, last


def countersigned(files: dict[str, bytes], log: Signer) -> list[tuple[Signer, Checkpoint, list[bytes]]]:
    """Each witness, what it signed last, and the proof that the log goes on from there."""
    found, before = [], (-1, "")
    *lines, rest = files[WITNESSED].split(b"\n")
    for line in lines:
        with form(WITNESSED):
            held = json.loads(line)
            witness = Signer(held["witness"], WITNESS_KEY, WITNESSED)
            point = Checkpoint(held["checkpoint"].encode(), log, WITNESSED, witness)
            proof = [plain(each, WITNESSED) for each in held["proof"]]
            if canonical(held) != line or len(held) != 3 or not point.only(log, witness):
                raise Broken("STRANGE", WITNESSED)
            if (point.size, witness.vkey) <= before:
                raise Broken("STRANGE", WITNESSED)
            before = (point.size, witness.vkey)
            found.append((witness, point, proof))
    if rest:
        raise Broken("STRANGE", WITNESSED)
    return found


def check(
    files: dict[str, bytes], key: str | None = None, witnesses: tuple[str, ...] = (), seen: tuple[bytes, ...] = ()
) -> dict[str, Any]:
    """What an export shows, once all of it fits; `Broken` with the first thing that does not."""
    log, head = opened(files, key)
    leaves, last = listed(files, head.size)
    signed = countersigned(files, log)
    with form("--seen"):
        kept = [Checkpoint(each.rstrip() + b"\n", log, "--seen") for each in seen]
    points = [(WITNESSED, point) for _, point, _ in signed] + [("--seen", point) for point in kept]
    for where, point in points:
        if point.size > head.size:
            raise Broken("CUT", where)
    found = roots(leaves, {head.size, *(point.size for _, point in points)})
    if found[head.size] != head.root:
        raise Broken("ROOT", EVENTS)
    for where, point in points:
        if found[point.size] != point.root:
            raise Broken("FORKED", where)
    for _, point, proof in signed:
        if not goes_on(point.size, head.size, proof, point.root, head.root):
            raise Broken("STRANGE", WITNESSED)
    vouched = [(witness, point) for witness, point, _ in signed]
    return {"log": log, "size": head.size, "time": last, "seen": kept, "events": [], **known(vouched, witnesses)}


def check_receipt(data: bytes, key: str | None = None, witnesses: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a receipt shows, once all of it fits."""
    where = "the receipt"
    with form(where):
        held = json.loads(data)
        if canonical(held) != data.rstrip(b"\n") or held["schema"] != "cloister-receipt/1" or len(held) != 5:
            raise Broken("STRANGE", where)
        log = Signer(held["log"], LOG_KEY, where)
        if key not in {None, log.vkey}:
            raise Broken("SIGNER", where)
        head = Checkpoint(held["checkpoint"].encode(), log, where)
        signers = [Signer(vkey, WITNESS_KEY, where) for vkey in held["witnesses"]]
        vouched = [(each, Checkpoint(held["checkpoint"].encode(), log, where, each)) for each in signers]
        if not head.only(log, *signers):
            raise Broken("STRANGE", where)
        events = []
        for each in held["entries"]:
            leaf, proof = each["leaf"].encode(), [plain(one, where) for one in each["proof"]]
            events.append(event(leaf, json.loads(leaf)["number"], ""))
            if len(each) != 2 or not included(leaf, events[-1]["number"], head.size, proof, head.root):
                raise Broken("ROOT", f"event {events[-1]['number']}")
    return {"log": log, "size": head.size, "time": "", "seen": [], "events": events, **known(vouched, witnesses)}


def known(vouched: list[tuple[Signer, Checkpoint]], witnesses: tuple[str, ...]) -> dict[str, Any]:
    """Who signed of the witnesses that were named, each of which must have, and who else did."""
    found = [(each, point) for each, point in vouched if each.vkey in witnesses]
    if {each.vkey for each, _ in found} != set(witnesses):
        raise Broken("UNWITNESSED", WITNESSED)
    return {"witnessed": found, "others": [each for each, _ in vouched if each.vkey not in witnesses]}


def told(result: dict[str, Any]) -> list[str]:
    """What fits and how far it is proven, line by line."""
    size, after = result["size"], result["time"] and f" at {result['time']}"
    lines = [f"ok  {each['time']}  {each['number']}  {each['act']}: {each['outcome']}" for each in result["events"]]
    lines.append(f"ok  {size} events, signed by the log {result['log'].vkey}")
    lines += [f"ok  it goes on from what was seen at {point.size} events" for point in result["seen"]]
    for each, point in result["witnessed"]:
        lines.append(f"ok  {each.name} witnessed {point.size} events at {moment(point.seconds)}")
    lines += [f"--  {each.name} signed too; if you know it, give --witness {each.vkey}" for each in result["others"]]
    points = [point for _, point in result["witnessed"]] + result["seen"]
    if not points:
        lines.append("UNWITNESSED: nobody outside vouches for it; who holds the log's key could have written it anew")
        lines.append(f"proven up to {size}{after}, against anyone but who holds the log's key")
        return [visible(line) for line in lines]
    best = max(points, key=lambda point: (point.size, point.seconds))
    when = f" at {moment(best.seconds)}" if best.seconds else ""
    lines.append(f"proven up to {best.size}{when}, against anyone")
    if best.size < size:
        lines.append(f"the {size - best.size} events after that{after}, against anyone but who holds the log's key")
    return [visible(line) for line in lines]


def moment(seconds: int) -> str:
    """A time in seconds since 1970, as text."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def visible(text: str) -> str:
    """Text with everything that a terminal might obey made visible."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def read(path: Path) -> bytes:
    """A file, which is no link and not too long."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
        raise Broken("MISSING", path.name)
    return path.read_bytes()


def main() -> int:
    """Check what is named, or the folder that this file lies in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", metavar="VKEY", help="the public key of the log")
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[], help="the public key of a witness")
    parser.add_argument(
        "--seen", metavar="FILE", type=Path, action="append", default=[], help="what a witness saw last"
    )
    given = parser.parse_args()
    try:
        if given.path.is_dir():
            files = {name: read(given.path / name) for name in FILES}
            result = check(files, given.key, tuple(given.witness), tuple(map(read, given.seen)))
        else:
            result = check_receipt(read(given.path), given.key, tuple(given.witness))
    except OSError:
        parser.error("a file cannot be read")
    except Broken as problem:
        print(f"NO  {problem}", file=sys.stderr)
        return DOES_NOT_VERIFY
    print("\n".join(told(result)))
    return 0


FILES = (EVENTS, CHECKPOINT, VKEY, WITNESSED)
WORDS = {
    "MISSING": "is missing",
    "STRANGE": "is not of the form that is written",
    "SIGNATURE": "a signature does not fit",
    "SIGNER": "is signed by another key than that of the log",
    "SIZE": "holds more or fewer events than were signed",
    "NUMBER": "has another number than its place",
    "TIME": "is older than the event before it",
    "ROOT": "is not what was signed",
    "FORKED": "the log is not the one that the witness saw",
    "CUT": "the witness saw a longer log",
    "UNWITNESSED": "a witness that was named did not sign",
}

if __name__ == "__main__":
    sys.exit(main())
