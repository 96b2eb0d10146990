"""Logs that tests look at."""

from __future__ import annotations

import itertools
import random

from cloister.audit.clock import Reading
from cloister.audit.log import Log, create
from cloister.document import Grade
from cloister.events import Act, Cause, Draft, Id, Outcome, Thing
from cloister.model import Artefact, Placement, Sensitivity
from cloister.sign import Key

ORIGIN = "log.example/vault"
POLICY = "ab" * 32
PERSON, OTHER = Id("1" * 32, Thing.PERSON), Id("2" * 32, Thing.PERSON)
SYSTEM = Id("0" * 32, Thing.SYSTEM)
START = 1_790_000_000_000
SECONDS = START // 1000


class Ticking:
    """A clock that goes on by `step` milliseconds each time it is read."""

    def __init__(self, wall=START, step=1000, boot="one"):
        self.wall, self.running, self.step, self.boot = wall, 5_000, step, boot

    def __call__(self):
        self.wall += self.step
        self.running += self.step
        return Reading(self.wall, self.running, self.boot)


def drafts(count, seed=1):
    """Events of documents that come, are read and go."""
    rng = random.Random(seed)
    for number in range(count):
        yield _draft(number, Id(rng.randbytes(16).hex(), Thing.DOCUMENT))


def _draft(number, document):
    if number % 4 == 0:
        return Draft(PERSON, Act.SUBMITTED, document, POLICY, facts={"level": Sensitivity.HIGH, "until": START})
    if number % 4 == 1:
        return Draft(SYSTEM, Act.PLACED, document, POLICY, facts={"placement": Placement.OFFLINE})
    if number % 4 == 2:
        return Draft(OTHER, Act.DELETED, document, POLICY, Outcome.REFUSED, {"code": "refused"})
    facts = {"artefact": Artefact.SOURCE, "cause": Cause.READ, "irrecoverable_at": START + number}
    return Draft(SYSTEM, Act.SHREDDED, document, POLICY, facts=facts)


def story(folder):
    """`vault/log`: a vault is made, a document comes, is read and goes, another comes and stays."""
    vault = Id("4" * 32, Thing.VAULT)
    one, two = Id("5" * 32, Thing.DOCUMENT), Id("6" * 32, Thing.DOCUMENT)
    submitted = {"level": Sensitivity.HIGH, "until": START}
    shredded = {"artefact": Artefact.SOURCE, "cause": Cause.READ, "irrecoverable_at": START}
    read = {"pages": 2, "grade": Grade.GOOD, "run": 1}
    said = [
        Draft(PERSON, Act.VAULT_MADE, vault, POLICY),
        Draft(PERSON, Act.SUBMITTED, one, POLICY, facts=submitted),
        Draft(SYSTEM, Act.PLACED, one, POLICY, facts={"placement": Placement.OFFLINE}),
        Draft(SYSTEM, Act.READ, one, POLICY, facts=read),
        Draft(OTHER, Act.RELEASED, one, POLICY, facts={"artefact": Artefact.TEXT, "level": Sensitivity.HIGH}),
        Draft(PERSON, Act.SUBMITTED, two, POLICY, facts=submitted),
        Draft(SYSTEM, Act.SHREDDED, one, POLICY, facts=shredded),
        Draft(OTHER, Act.DELETED, two, POLICY, Outcome.REFUSED, {"code": "refused"}),
    ]
    key = Key.new()
    (folder / "vault").mkdir(mode=0o700)
    create(folder / "vault/log", key, ORIGIN)
    with Log(folder / "vault/log", key, clock=Ticking()) as log:
        log.append(*said)


def make(folder, sizes=(1,) * 10, key=None, seed=1, clock=None):
    """A log in a new folder with appends of these sizes; gives its key."""
    key = key or Key.new()
    create(folder, key, ORIGIN)
    source = drafts(sum(sizes), seed)
    with Log(folder, key, clock=clock or Ticking()) as log:
        for size in sizes:
            log.append(*itertools.islice(source, size))
    return key
