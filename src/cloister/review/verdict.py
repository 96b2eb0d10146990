"""What a claim can come to, and the only way to come to it.

VERIFIED needs four grounds: the stimulus reached the tool, each surface was shown to be seen, everything that changed
was looked at, and the time in which it could still happen is over. A check that was not able to look has no grounds,
so it cannot say VERIFIED; what it did find still refutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What a claim came to."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    """It could not be observed."""
    OPEN = "open"
    """Not finished, or no check for it is built."""
    ATTESTED = "attested"
    """A named human's word, which expires. Never counted, coloured or summed as verified."""
    STALE = "stale"
    """It was verified, and the day until which that holds is over."""
    NOT_CLAIMED = "not-claimed"
    """A mandatory clause that the policy leaves out."""


class View(Enum):
    """How much of the target could be seen."""

    BLACK = "black-box"
    """What goes in and what comes out."""
    GREY = "grey-box"
    """And what it does to its host: files, network, processes."""
    WHITE = "white-box"
    """And its own stores, keys and memory."""


class Need(Enum):
    """What VERIFIED needs. The order is that in which they are told."""

    STIMULUS = "stimulus"
    """The canary came back in the output; for a failure, the fault demonstrably happened."""
    CONTROL = "control"
    """A token put through each surface by us was found, a decoy that was never submitted was not."""
    SCOPE = "scope"
    """Every place that was seen to change was searched, and every new byte accounted for."""
    HORIZON = "horizon"
    """The time in which it could still happen is over."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Whether one need is met, and why, in our own words (never a target's)."""

    need: Need
    met: bool
    why: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One thing that speaks against the claim.

    `what` is in our words. `where` is a path or an address as the target gave it: hostile text, to be escaped by
    whoever shows it. `surface` names the canary that was found, `form` how it was encoded, outermost first.
    """

    what: str
    where: str
    case: str
    surface: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a finding reaches."""

    view: View = View.GREY
    observers: tuple[str, ...] = ()
    privileges: str = ""
    """What the observers ran as: "root", or "an ordinary user in its own namespaces"."""
    scanned: int = 0
    """Bytes that were searched."""
    recall: float | None = None
    """Share of the seeded leaks that the scanner found in this run, 0 to 1."""
    limits: tuple[str, ...] = ()
    """What was not looked at, in our words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one claim came to, on which grounds. Made by `judge` only, or by one of the makers below."""

    claim: str
    verdict: Verdict
    reason: str
    grounds: tuple[Ground, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    coverage: Coverage = Coverage()

    def __post_init__(self) -> None:
        met = {ground.need for ground in self.grounds if ground.met}
        unmet = {ground.need for ground in self.grounds if not ground.met}
        if self.verdict is Verdict.VERIFIED and (self.exhibits or unmet or met != set(Need)):
            raise ValueError("VERIFIED without all four grounds")
        if self.verdict is Verdict.REFUTED and not self.exhibits:
            raise ValueError("REFUTED without an exhibit")


def judge(
    claim: str,
    *,
    grounds: tuple[Ground, ...],
    exhibits: tuple[Exhibit, ...] = (),
    coverage: Coverage = Coverage(),
    broken: str = "",
) -> Finding:
    """The verdict that grounds and exhibits allow; nothing else decides one.

    `broken` says why what was found cannot be believed (the scanner found a decoy): the exhibits do not refute then.
    Without a ground for a need, the need is not met.
    """
    told = {ground.need for ground in grounds}
    missing = tuple(Ground(need, met=False, why="not looked at") for need in Need if need not in told)
    order = list(Need)
    every = tuple(sorted((*grounds, *missing), key=lambda ground: order.index(ground.need)))
    if broken:
        return Finding(claim, Verdict.INCONCLUSIVE, broken, every, (), coverage)
    if exhibits:
        more = f", and {len(exhibits) - 1} more" if len(exhibits) > 1 else ""
        return Finding(claim, Verdict.REFUTED, exhibits[0].what + more, every, exhibits, coverage)
    unmet = [ground for ground in every if not ground.met]
    if not unmet:
        return Finding(claim, Verdict.VERIFIED, "all four grounds are met", every, (), coverage)
    only_time = all(ground.need is Need.HORIZON for ground in unmet)
    verdict = Verdict.OPEN if only_time else Verdict.INCONCLUSIVE
    return Finding(claim, verdict, "; ".join(dict.fromkeys(ground.why for ground in unmet)), every, (), coverage)


def total(findings: tuple[Finding, ...]) -> Verdict:
    """What all findings come to together: the worst, and VERIFIED only if every one is. Attested is none."""
    worst = (
        Verdict.REFUTED,
        Verdict.STALE,
        Verdict.INCONCLUSIVE,
        Verdict.OPEN,
        Verdict.NOT_CLAIMED,
        Verdict.ATTESTED,
    )
    there = {finding.verdict for finding in findings}
    return next((verdict for verdict in worst if verdict in there), Verdict.VERIFIED if there else Verdict.OPEN)
