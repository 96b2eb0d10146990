"""Reviews made by hand, to measure the measuring with."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.review.claims import COMMAND
from cloister.review.result import Review
from cloister.review.verdict import Exhibit, Finding, Ground, Need, Verdict, judge

MET = tuple(Ground(need, met=True, why="seen") for need in Need)
NO_TIME = tuple(Ground(need, met=need is not Need.HORIZON, why="not over") for need in Need)


def finding(claim: str, verdict: Verdict) -> Finding:
    """A finding that comes to this verdict, by the only way there is."""
    match verdict:
        case Verdict.VERIFIED:
            return judge(claim, grounds=MET)
        case Verdict.REFUTED:
            return judge(claim, grounds=MET, exhibits=(Exhibit("a file was left", "/tmp/x", "normal/1"),))
        case Verdict.OPEN:
            return judge(claim, grounds=NO_TIME)
        case _:
            return judge(claim, grounds=())


def review(verdicts: Mapping[str, Verdict], otherwise: Verdict = Verdict.VERIFIED) -> Review:
    """A review with these verdicts, and for all other claims `otherwise`."""
    findings = tuple(finding(claim.id, verdicts.get(claim.id, otherwise)) for claim in COMMAND)
    return Review(
        "command", ("tool",), "", "policy", "", "by hand", "", "", "", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z",
        "2027-01-01T00:00:00Z", 1.0, 1.0, 1, 1, (), findings,
    )  # fmt: skip
