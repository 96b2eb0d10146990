"""Which policy is in force: that of the vault's making, or one that was approved in the log since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from cloister import policy as policies
from cloister.audit import approvals
from cloister.audit.log import Log
from cloister.desk.vault import POLICIES, POLICY, Vault, require_provider
from cloister.errors import CloisterError, Flaw, LogDoesNotVerify, NotApproved, TooLarge
from cloister.errors.met import while_writing
from cloister.events import Act, Draft, Event, Value
from cloister.formats.save import save
from cloister.keys.places import place_of
from cloister.policy import Policy
from cloister.policy.reader import LONGEST

STEPS = (b'{"act":"policy-', b'{"act":"vault-')
"""How the leaf of an event begins that says something of policies: keys are sorted, so that its act comes first."""


def steps(log: Log) -> Iterator[Event]:
    """Every event of the log that says something of policies."""
    return map(Event.read, log.noted)


def last(log: Log) -> str:
    """The hash of the policy in force, as the log says."""
    found = approvals.in_force(steps(log))
    if found is None:
        raise LogDoesNotVerify(why=Flaw.STRANGE)
    return found


def in_force(vault: Vault, log: Log, before: str) -> tuple[Policy, str]:
    """The policy in the vault's folder, and its hash, once it is in force.

    `NotApproved` if it may not be, or what is wrong with it.

    `before` is the hash of the one that the log has in force. Another one that was approved comes into force here,
    which is logged.
    """
    policy, after, text = _read(vault, POLICY)
    require_provider(policy, place_of(vault.keys, policy.policy.tenant).provider)
    if after != before:
        old = kept(vault, before)
        approvals.require(steps(log), old, policy)
        save([text.encode()], vault.folder / POLICIES / f"{after}.toml")
        facts: dict[str, Value] = {"before": before, "after": after, "widened": approvals.widened(old, policy)}
        log.append(Draft(vault.person, Act.POLICY_LOADED, None, after, facts=facts))
    return policy, after


def proposed(vault: Vault, before: str) -> tuple[Policy, Policy]:
    """The policy in force, whose hash is `before`, and the one in the vault's folder that may come after it."""
    after, _, _ = _read(vault, POLICY)
    require_provider(after, place_of(vault.keys, after.policy.tenant).provider)
    return kept(vault, before), after


def kept(vault: Vault, sha256: str) -> Policy:
    """A policy that was in force, by its hash; `NotApproved` if it is not there as it was."""
    try:
        policy, found, _ = _read(vault, f"{POLICIES}/{sha256}.toml")
    except CloisterError:
        raise NotApproved(number=0, limit=approvals.TWO) from None
    if found != sha256:
        raise NotApproved(number=0, limit=approvals.TWO)
    return policy


def _read(vault: Vault, name: str) -> tuple[Policy, str, str]:
    """A policy, its hash, and its text."""
    try:
        with (vault.folder / name).open("rb") as file:
            held = file.read(LONGEST + 1)
    except OSError as problem:
        raise while_writing(problem.errno) from None
    if len(held) > LONGEST:
        raise TooLarge(size=len(held), limit=LONGEST)
    text = held.decode("utf-8-sig", "replace")  # what is no text is no TOML either
    return *_loaded(text, datetime.now(UTC).date()), text


@lru_cache(maxsize=4)
def _loaded(text: str, day: date) -> tuple[Policy, str]:
    """The same text on the same day says the same: a service reads it at every turn."""
    policy = policies.load(text, day)
    return policy, policies.sha256(policy)
