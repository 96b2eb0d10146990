"""Every question that a reviewer asks of an OCR workflow, and how each is answered. None is left out.

A question is answered by experiment if a claim names it (`claims.Claim.asked`). If none does, it is answered by the
policy, which is the word of those who signed it; by the record itself; or by a check that is not built yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from cloister.policy.clauses import POLICY, Key, Named, Table


class How(Enum):
    """What answers a question where no claim does."""

    POLICY = "the policy, as its owners signed it"
    RECORD = "this record, which is checked as it is made"
    UNBUILT = "a check that is not built yet"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `shown` says what shows the answer, or would."""

    id: str
    asks: str
    how: How
    shown: str


SECTIONS: dict[str, tuple[Question, ...]] = {
    "Classify": (
        Question(
            "C0",
            "Whose project is each kind of document, where may it be and come from, and who approved it?",
            How.POLICY,
            "project, residency, origins, owner and approver of every kind",
        ),
        Question("C1", "Which kinds of sensitive document are processed?", How.POLICY, "the inventory of kinds"),
        Question("C2", "How sensitive is each?", How.POLICY, "the level of every kind; what is not listed is high"),
        Question(
            "C3",
            "Is one workflow used for all, though they differ?",
            How.RECORD,
            "every combination of kind, evidence, placement and sink, tried on the policy",
        ),
        Question(
            "C4",
            "What if a document is labelled wrongly?",
            How.UNBUILT,
            "documents whose text shows another kind than the label",
        ),
    ),
    "Data path": (
        Question(
            "D1",
            "Where do files come from, travel, get processed, rest, and go?",
            How.UNBUILT,
            "the ways that were observed, against the declared",
        ),
        Question(
            "D2",
            "Are there temporary files, previews, thumbnails, debug artefacts?",
            How.UNBUILT,
            "what is written, against what was declared",
        ),
        Question(
            "D3",
            "Where is the text written, and when is each thing deleted?",
            How.POLICY,
            "the lifetime of every artefact, and of every way in the data path",
        ),
    ),
    "Transmission and upload": (
        Question("U1", "Is transfer secure?", How.UNBUILT, "TLS, certificates and headers of a service"),
        Question("U2", "Is a file streamed to processing, or stored first?", How.UNBUILT, "writes during an upload"),
        Question("U3", "Are there one-time links and temporary tokens?", How.UNBUILT, "links used twice"),
        Question("U4", "Do they expire quickly?", How.UNBUILT, "links used after their time"),
        Question("U5", "Are failed uploads kept in part?", How.UNBUILT, "uploads broken off at every piece"),
        Question(
            "U6", "Are size, type and source network restricted?", How.UNBUILT, "uploads that break each restriction"
        ),
    ),
    "Retention": (
        Question("R1", "Are documents kept after they were read?", How.UNBUILT, "what is left after a run"),
        Question(
            "R2",
            "Can keeping be switched off or shortened?",
            How.POLICY,
            "times for each kind and artefact; none is longer than its level's",
        ),
        Question("R3", "Is the text kept apart from its source?", How.UNBUILT, "the keys of each artefact"),
        Question("R4", "Can a user delete at once?", How.UNBUILT, "a deletion, then a search for what is left"),
        Question("R5", "Do backups follow?", How.UNBUILT, "a backup that is restored after the time is over"),
        Question("R6", "What becomes of jobs that failed or stopped half way?", How.UNBUILT, "a fault at every step"),
    ),
    "Encryption": (
        Question(
            "E1",
            "Is everything encrypted at rest, outputs and temporary artefacts too?",
            How.UNBUILT,
            "a search of the raw storage, and the storage opened without its keys",
        ),
        Question("E2", "How are keys managed?", How.UNBUILT, "rotation, and the role that may do it"),
        Question(
            "E3", "Are keys limited by environment, tenant, project?", How.UNBUILT, "ciphertexts swapped between them"
        ),
        Question("E4", "Can the customer manage the keys?", How.UNBUILT, "a key store of the customer's own"),
    ),
    "Access": (
        Question("A0", "Who can see names, sizes, times and states?", How.UNBUILT, "every role on every route"),
        Question("A1", "Are permissions by role?", How.UNBUILT, "every role on every route"),
        Question("A2", "Are they limited to teams and service accounts?", How.UNBUILT, "every team on every route"),
        Question("A3", "Is there single sign-on?", How.UNBUILT, "a sign-on at a real provider"),
        Question("A4", "Can administrative acts be audited?", How.UNBUILT, "every act, looked up in the log"),
        Question(
            "A5", "Are those who submit apart from those who manage?", How.UNBUILT, "an administrator on every route"
        ),
    ),
    "Logs": (
        Question(
            "L1", "Are requests, responses or error payloads logged?", How.UNBUILT, "a fault everywhere, with canaries"
        ),
        Question(
            "L2", "Are there thumbnails, previews, histories of jobs?", How.UNBUILT, "every page, seen in each role"
        ),
        Question("L3", "Is the text put into a search index?", How.UNBUILT, "deliveries to each sink"),
        Question("L4", "Is debugging safe in production?", How.UNBUILT, "canaries with debugging switched on"),
        Question(
            "L5",
            "Are retries, time-outs and webhooks documented?",
            How.POLICY,
            "how often and how long a reading is tried",
        ),
    ),
    "Placement": (
        Question("P1", "Is a cloud used?", How.UNBUILT, "what leaves, for each placement"),
        Question("P2", "Is it private or isolated?", How.UNBUILT, "two hosts, and what passes between them"),
        Question("P3", "Is it hybrid?", How.UNBUILT, "what leaves after it was cleared here"),
        Question("P4", "Is it offline, on the device?", How.UNBUILT, "what leaves: nothing"),
        Question(
            "P5", "What are cost, latency and effort?", How.UNBUILT, "the price of a thousand pages, beside the times"
        ),
    ),
    "Tests": (
        Question(
            "T1", "Were realistic but controlled files used?", How.RECORD, "generated documents with truth and canaries"
        ),
        Question(
            "T2",
            "Do they cover layout, density, handwriting, tables, stamps, low quality, languages?",
            How.UNBUILT,
            "accuracy by kind of page",
        ),
        Question("T3", "How does it behave while it works and afterwards?", How.UNBUILT, "what is watched in a run"),
    ),
    "Record": (
        Question(
            "N1",
            "Are approved kinds, placement, retention, access, logging, deletion, owner and date on record?",
            How.RECORD,
            "this record",
        ),
        Question("N2", "Who approved?", How.POLICY, "the signatures on this record, and the names in the policy"),
    ),
    "Stages and handoffs": (
        Question("H1", "Is input validated before it is read?", How.UNBUILT, "inputs that are no documents"),
        Question(
            "H2",
            "Is the order of operations documented: clean-up, language, handwriting, tables?",
            How.UNBUILT,
            "the steps that each result lists",
        ),
        Question("H3", "Is the language found out, or given?", How.UNBUILT, "pages in languages that were not given"),
        Question("H4", "Is the text protected like its source?", How.UNBUILT, "the label and mode of every output"),
        Question("H5", "Do downstream systems protect it less?", How.UNBUILT, "deliveries to a sink below the level"),
        Question("H6", "Who owns what?", How.POLICY, "the owner of every stage, kind, sink and placement"),
        Question("H7", "Are the documents of the workflow versioned?", How.RECORD, "the hashes to which all is bound"),
    ),
    "Operation and accuracy": (
        Question("O1", "What happens when a job fails?", How.UNBUILT, "a fault at every step"),
        Question("O2", "Do retries store anything twice?", How.UNBUILT, "many retries of the same document"),
        Question("O3", "Are queues and temporary files watched?", How.UNBUILT, "a planted item that is too old"),
        Question("O4", "Do dashboards show more than they need?", How.UNBUILT, "every page, seen in each role"),
        Question("O5", "Can support work without live files?", How.UNBUILT, "a search of what support is given"),
        Question("O6", "Does the sample match real scans?", How.UNBUILT, "statistics of both, compared"),
        Question("O7", "Were handwriting, tables and languages tested?", How.UNBUILT, "accuracy by kind of page"),
        Question("O8", "Does the output fit what comes after?", How.UNBUILT, "outputs against the schema"),
        Question("O9", "Is reading the same document again limited?", How.UNBUILT, "readings of a document, counted"),
    ),
    "Revisit": (
        Question(
            "V1",
            "Has a vendor changed storage, retention or deployment?",
            How.UNBUILT,
            "the measured behaviour of then and now",
        ),
        Question(
            "V2",
            "Is there a new kind, webhook, sink, analysis, language, retry logic, use of the API, requirement?",
            How.UNBUILT,
            "the measured behaviour of then and now; the policies are compared already",
        ),
        Question("V3", "When is the next review?", How.RECORD, "the day on which this review or the policy is due"),
        Question(
            "V4",
            "What is processed, where does it live, who can access it, how long is it kept, what changed?",
            How.RECORD,
            "the five answers of this record",
        ),
        Question("V5", "What do vendors document, and what do they cost?", How.UNBUILT, "a vendor's terms, checked"),
    ),
}
QUESTIONS: dict[str, Question] = {each.id: each for section in SECTIONS.values() for each in section}


PARTLY = frozenset({"A1", "A2", "H2", "H4", "L4", "O2"})
"""Questions of which an experiment on a command shows a part only: they stay open until the rest is shown too."""
_TOLD_ONCE = frozenset({"retention", "limits", "owners"})
"""Tables of which all keys answer the same questions."""


def _keys(table: Table, path: str) -> Iterator[tuple[str, Key]]:
    for name, below in table.keys.items():
        inner = below.of if isinstance(below, Named) else below
        here = f"{path}{name}" + (".*" if isinstance(below, Named) else "")
        if isinstance(inner, Table):
            yield from _keys(inner, f"{here}.")
        else:
            yield here, inner


def _told(path: str) -> str:
    above = path.rpartition(".")[0]
    return above if above.rpartition(".")[2] in _TOLD_ONCE else path


def clauses(question: str) -> tuple[str, ...]:
    """The keys of the policy that speak of a question; `*` stands for any name, levels are told once."""
    found = (
        _told(path.replace("levels.high.", "levels.*."))
        for path, key in _keys(POLICY, "")
        if question in key.answers.split() and not path.startswith(("levels.low.", "levels.moderate."))
    )
    return tuple(dict.fromkeys(found))
