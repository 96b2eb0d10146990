"""A review kept in a folder: the record, its exports and the signed evidence; and read again, once all of it verifies.

Files have mode 600 and are each there whole or not at all. The record's statement is taken away first and written last,
so a folder that was left half way does not verify.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cloister.errors import Broken, DoesNotVerify, NotAFolder, OutputExists
from cloister.errors.met import while_writing
from cloister.formats.save import save
from cloister.policy import Policy, canonical
from cloister.review import draw, evidence, keyfile, signed, standing, verify_evidence
from cloister.review.record import html, json_, junit, md, sarif
from cloister.review.record.model import Record, make
from cloister.review.record.redact import redacted
from cloister.review.restore import restore
from cloister.review.result import Review
from cloister.review.signed import Word
from cloister.sign import Key

_CLAIM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARTS = ("record.md", "record.html", "record.json", "review.sarif", "review.junit.xml", "map.svg", "map.mmd")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder holds, verified. `signer` is the fingerprint of the key that signed the review."""

    review: Review
    policy: Policy
    words: tuple[Word, ...]
    signer: str
    self_signed: bool
    strangers: tuple[str, ...]
    """Files in the folder that nobody signed."""

    def record(self, today: date, changed: Iterable[str] | None = None) -> Record:
        """The record as it stands on a day."""
        return make(
            self.review,
            self.policy,
            self.words,
            today,
            signer=self.signer,
            self_signed=self.self_signed,
            changed=changed,
        )


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


def ready(folder: str | os.PathLike[str]) -> Path:
    """The folder for a record, made; `OutputExists` where somebody has signed in it."""
    path = _folder(folder)
    if (path / signed.FILE).exists():
        raise OutputExists
    return path


def keep(review: Review, policy: Policy, folder: str | os.PathLike[str], *, key: str | None = None) -> None:
    """Write the record of a review and its evidence into a folder, which is made.

    `key` is a file with the key to sign with; without it a key is made for this run and thrown away, and the evidence
    says so. A folder in which somebody has signed is left as it is (`OutputExists`). Raises what `save` raises.
    """
    signs, own = (Key.new(), True) if key is None else (keyfile.load(key), False)
    review, form = redacted(review), canonical(policy)
    claims = [finding.claim for finding in review.findings]
    if evidence.sha256(form) != review.policy_sha256:
        raise DoesNotVerify(why=Broken.POLICY)
    if len(set(claims)) != len(claims) or not all(map(_CLAIM.fullmatch, claims)):
        raise DoesNotVerify(why=Broken.STRANGE)
    path = ready(folder)
    files = evidence.of_review(review, json.loads(review.to_json()), form, signs, own=own)
    _clear(path, files)
    record = make(review, policy, (), standing.day_of(review.ended), signer=signs.public.fingerprint, self_signed=own)
    _write(path, files)
    _record(path, record, files[evidence.REVIEW], {}, signs, own=own)


def again(folder: str | os.PathLike[str], key: Key, word: Word | None = None) -> Kept:
    """Write the record of a kept review anew, as of today, signed with `key`; with one more word if it is given.

    Without a word it also mends a record that does not verify, or was left half written.
    """
    kept = read(folder, record=word is not None)
    path = Path(folder)
    statement, people = (path / evidence.REVIEW).read_bytes(), path / signed.FILE
    before = people.read_bytes() if people.exists() else b""
    after = before + signed.line(word, statement, before, key) if word else before
    if word:
        _write(path, {signed.FILE: after})
    words = (*kept.words, *((word,) if word else ()))
    record = make(kept.review, kept.policy, words, today(), signer=kept.signer, self_signed=kept.self_signed)
    _record(path, record, statement, {signed.FILE: after} if after else {}, key, own=False)
    return read(folder)


def read(folder: str | os.PathLike[str], key: bytes | None = None, *, record: bool = True) -> Kept:
    """What a folder holds; `DoesNotVerify` if anything in it does not fit. `key` must have signed it, if given.

    Without `record`, only the review's own evidence and what people signed has to fit.
    """
    path = os.fspath(folder)
    if not Path(path).is_dir():
        raise while_writing(20 if Path(path).exists() else 2)
    try:
        found = verify_evidence.check(path, key, record=record)
    except verify_evidence.Broken as problem:
        raise DoesNotVerify(why=Broken[problem.why]) from None
    review = Review.from_json(found["folder"].read("review.json").decode())
    return Kept(
        review,
        restore(found["folder"].read("policy.json")),
        tuple(map(signed.from_checked, found["people"])),
        found["signer"],
        found["self_signed"],
        tuple(found["strangers"]),
    )


def exports(record: Record) -> dict[str, str]:
    """Every export of a record, by the name of its file."""
    edges = record.review.edges
    made = (
        md.write(record),
        html.write(record),
        json_.write(record),
        sarif.write(record),
        junit.write(record),
        draw.svg(edges),
        draw.mermaid(edges),
    )
    return dict(zip(_PARTS, made, strict=True))


def _record(path: Path, record: Record, statement: bytes, words: Mapping[str, bytes], key: Key, *, own: bool) -> None:
    files = {name: text.encode("utf-8", "replace") for name, text in exports(record).items()}
    files |= {evidence.SCRIPT: evidence.script(), evidence.RECORD_KEY: key.public.pem()}
    _write(path, files)
    _write(path, {evidence.RECORD: evidence.of_record(record, {**files, **words}, statement, key, own=own)})


def _folder(folder: str | os.PathLike[str]) -> Path:
    path = Path(folder)
    try:
        (path / "evidence").mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except (FileExistsError, NotADirectoryError):
        raise NotAFolder from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    return path


def _clear(path: Path, files: Mapping[str, bytes]) -> None:
    """Take away the evidence of an older review: the record's statement first, then claims that are no more."""
    try:
        (path / evidence.RECORD).unlink(missing_ok=True)
        for old in sorted((path / "evidence").glob("claim-*.dsse.json")):
            if f"evidence/{old.name}" not in files:
                old.unlink()
    except OSError as problem:
        raise while_writing(problem.errno) from None


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        save([data], path / name)
