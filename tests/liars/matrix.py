"""Fault by claim, as Markdown: what each fault breaks, and where it was measured, what the verifier said of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cloister.review.claims import COMMAND
from cloister.review.verdict import Verdict
from tests.liars import score, workshop
from tests.liars.draw import frozen
from tests.liars.score import Score

MEASURED = workshop.HERE / "measured.json"
PAGE = workshop.HERE.parent.parent / "docs" / "liars.md"
SAID = """Behind that stands what `cloister review` said when it was the tool's only fault: R refuted, V verified,
i inconclusive, o open; **!** where that was wrong."""
HOW = """Pages for accuracy take most of a review's time. So tools in which a fault breaks `reads` were reviewed with
`--recall 0.68 --pages 2`, and all others with `--pages 0`, where `reads` is not claimed; all with `--kills 4`.

All were drawn from one seed that only the harness had, and reviewed by one version of the verifier. What runs before
this one had shown was mended first; every fault that a run ever found wrong has a test. Where half of a page is not
looked at, its canary may not be read, so that what another fault does with the text cannot be shown: such a pair is
inconclusive."""
LETTERS = {
    Verdict.VERIFIED.value: "V",
    Verdict.REFUTED.value: "R",
    Verdict.INCONCLUSIVE.value: "i",
    Verdict.OPEN.value: "o",
    score.ABSENT: "–",
}


def cell(name: str, claim: str, measured: Mapping[str, Score]) -> str:
    """What is so and, behind it, what was said."""
    fault = workshop.fault(name)
    so = "✗" if claim in fault.refutes else "(✗)" if claim in fault.hides else "·" if claim in fault.touches else ""
    if name not in measured:
        return so
    found = measured[name]
    said = LETTERS.get(found.verdicts.get(claim, score.ABSENT), "?")
    wrong = claim in {*found.false_verified, *found.false_refuted, *found.missed}
    return f"{so} **{said}!**".strip() if wrong else f"{so} {said}".strip()


def matrix(measured: Mapping[str, Score], names: Iterable[str]) -> str:
    """A row for each fault, those that were written first on top."""
    first = frozen()
    heads = [str(number) for number in range(1, len(COMMAND) + 1)]
    lines = ["| fault | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for name in sorted(names, key=lambda name: (name not in first, name)):
        cells = [cell(name, claim.id, measured) for claim in COMMAND]
        lines.append(f"| `{name}`{' *' if name in first else ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def legend() -> str:
    """The claims by their numbers."""
    return "\n".join(f"{number}. `{claim.id}`: {claim.says}" for number, claim in enumerate(COMMAND, start=1))


def faults() -> str:
    """What each fault does, and the questions behind it."""
    lines = ["| fault | questions | what the tool does |", "|---|---|---|"]
    for name in workshop.names():
        fault = workshop.fault(name)
        says = " ".join(fault.says.split(": ", 1)[1].split())
        lines.append(f"| `{name}` | {', '.join(fault.asked)} | {says[0].upper()}{says[1:]} |")
    return "\n".join(lines)


def figures(scores: Sequence[Score]) -> str:
    """The figures of each sort of tool."""
    head = "| tools | reviewed | named correctly | at least (95%) | false VERIFIED | false REFUTED | VERIFIED in all |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for told in score.groups(scores, frozen()):
        named = f"{told.named} of {told.tools} ({told.share:.1%})" if told.tools else "none drawn"
        lines.append(
            f"| {told.name} | {told.finished} of {told.tools} | {named} | {told.low:.1%} | {told.false_verified} | "
            f"{told.false_refuted} | {told.verified} |"
        )
    return "\n".join(lines)


def wrongs(scores: Sequence[Score]) -> str:
    """Every tool that was not named correctly, and why."""
    lines = []
    for found in sorted(scores, key=lambda found: found.faults):
        if found.named:
            continue
        parts = [found.trouble] if not found.verdicts else []
        parts += [f"false VERIFIED: {', '.join(found.false_verified)}"] if found.false_verified else []
        parts += [f"false REFUTED: {', '.join(found.false_refuted)}"] if found.false_refuted else []
        if found.missed and found.verdicts:
            parts.append("not refuted: " + ", ".join(f"{claim} ({found.verdicts[claim]})" for claim in found.missed))
        lines.append(f"- {' + '.join(f'`{name}`' for name in found.faults) or 'honest'}: {'; '.join(parts)}")
    return "\n".join(lines) or "None."


def results(scores: Sequence[Score]) -> str:
    """What one run of the harness came to."""
    alone = {found.faults[0]: found for found in scores if len(found.faults) == 1}
    parts = (figures(scores), "Tools that were not named correctly:", wrongs(scores), legend(), matrix(alone, alone))
    return "\n\n".join(parts) + "\n"


def measured() -> list[Score]:
    """The scores that the page shows; none as long as nothing was measured."""
    return [score.from_json(held) for held in json.loads(MEASURED.read_text())] if MEASURED.exists() else []


def foreseen() -> str:
    """What was found of frozen faults beside what whoever wrote them said."""
    amended = workshop.amended().items()
    told = [f"`{name}` breaks `{claim}`: {why}" for name, held in amended for claim, why in held.items()]
    said = f"What nobody foresaw of them, and the verifier found, counts neither way: {'; '.join(told)}.\n"
    return said if told else ""


def page(scores: Sequence[Score]) -> str:
    """docs/liars.md."""
    alone = {found.faults[0]: found for found in scores if len(found.faults) == 1}
    shown = (
        f"\n## Figures\n\n{figures(scores)}\n\nNot named correctly:\n\n{wrongs(scores)}\n\n{HOW}\n" if scores else ""
    )
    said = f" {SAID}" if scores else ""
    return f"""# Liars

How honest is `cloister review` itself? It is measured with {len(workshop.names())} OCR tools for the command line, each
wrong in one way, with pairs of such faults in one tool, and with an honest tool. All of them truly read: pixels go to
Tesseract through a pipe. A seed decides which tools are made and under which names; the verifier, a process and
user of its own, gets a program called `{workshop.NAME}` and nothing else. From a checkout:
`python -m tests.liars --singles --pairs 50 --honest 20 --seed-file SEED -O FOLDER`.

- *False VERIFIED*: a claim comes out VERIFIED though a fault of the tool breaks it. None is allowed.
- *False REFUTED*: a claim comes out REFUTED though no fault breaks it. On the honest tool none is allowed.
- *Named correctly*: neither of these, and every claim that a fault visibly breaks is REFUTED. At least 95%.

{len(frozen())} of the liars (*) were written from the reviewer's questions alone, before there was any check, and are
frozen: a test holds the SHA-256 of each. Their figures are given apart. That every fault fires is a test of its own.
{foreseen()}{shown}
## Which fault breaks which claim

✗ the fault breaks the claim, and it can be seen: it must be REFUTED. (✗) it breaks it, but not in every run or not
where it must be seen from outside: it must not be VERIFIED. · depends on how the claim is read: not counted.{said}

{legend()}

{matrix(alone, workshop.names())}

## What each does

{faults()}
"""


def write() -> None:
    """Bring docs/liars.md up to date."""
    PAGE.write_text(page(measured()))


def keep(scores: Sequence[Score], path: Path = MEASURED) -> None:
    """Make these the scores that the page shows."""
    path.write_text(json.dumps([score.as_json(found) for found in scores], indent=1) + "\n")


if __name__ == "__main__":
    write()
