"""Every key of policy.toml: what it holds, what it means, and which change of it allows more.

The reader, the JSON Schema, the docs and `diff` are all made from this one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from cloister.errors import Wanted
from cloister.model import Artefact, Evidence, Placement, Role, Sensitivity, SourceKind
from cloister.policy import shapes, values
from cloister.policy.shapes import Choice, Count, Day, Range, Set, Shape, Text, Time

SCHEMA = "cloister-policy/1"


class Widens(Enum):
    """Which change of a clause allows more than before."""

    MORE = "more of it"
    LESS = "less of it"
    CHANGE = "any change"
    NEVER = "none"


REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Key:
    """One key with a value."""

    says: str
    shape: Shape
    widens: Widens = Widens.NEVER
    default: object = REQUIRED
    refers: str | None = None
    """The table that lists the names this may hold."""
    answers: str = ""
    """Ids of the reviewer's questions."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with known keys, and the value it becomes. `optional`: it may be left out."""

    says: str
    keys: Mapping[str, Key | Table | Named]
    makes: type
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A table of tables that have names of their choice, or names out of a few."""

    says: str
    of: Table
    names: tuple[str, ...] = ()


_slug = Text(shapes.SLUG, Wanted.SLUG)
_names = Set(_slug)
_sensitivity = Choice(Sensitivity, Wanted.LEVEL)
_placements = Set(Choice(Placement, Wanted.PLACEMENT), least=1)
_roles = Set(Choice(Role, Wanted.ROLE))
_place = Text(shapes.PLACE, Wanted.PLACE)
_time = Time()
HERE = "here"


def _retention(says: str, default: object) -> Table:
    kept = {
        Artefact.SOURCE: "the file as it was submitted",
        Artefact.PAGES: "the pictures of its pages",
        Artefact.TEXT: "what was read, with places and confidence",
        Artefact.RESULT: "the output in the format that was asked for",
    }
    keys: dict[str, Key | Table | Named] = {
        a.value: Key(f"How long {what} is kept at most.", _time, Widens.MORE, default, answers="R1 R2 R3 D3")
        for a, what in kept.items()
    }
    return Table(says, keys, values.Retention, optional=default is not REQUIRED)


_LEVEL = Table(
    "What holds for every document of this sensitivity. A stricter level never allows more than a laxer one.",
    {
        "placements": Key("Where it may be read.", _placements, Widens.MORE, answers="C3 P1 P2 P3 P4"),
        "keys": Key(
            "Where the keys that wrap its keys may live.",
            Set(Choice(values.KeyProvider, Wanted.PROVIDER), least=1),
            Widens.MORE,
            answers="E1 E2 E4",
        ),
        "submit": Key("Roles that may hand one in.", _roles, Widens.MORE, answers="A1 A5"),
        "read": Key("Roles that may see its content.", _roles, Widens.MORE, answers="A1 A5 H4"),
        "metadata": Key("Roles that may see its size, times and states.", _roles, Widens.MORE, answers="A0 O4"),
        "shorten": Key("Roles that may shorten its retention; nobody lengthens it.", _roles, Widens.MORE, answers="R2"),
        "delete": Key("Roles that may delete it at once.", _roles, Widens.MORE, answers="R4"),
        "retention": _retention("The longest that each artefact is kept.", REQUIRED),
    },
    values.Level,
)

_KIND = Table(
    "One kind of document in the inventory. A kind that is not listed gets the strictest of everything.",
    {
        "title": Key("What people call it.", Text(), answers="C1 N1"),
        "level": Key("How sensitive it is at least.", _sensitivity, Widens.LESS, answers="C2"),
        "evidence": Key(
            "What, found in any document, raises that document to this kind's level.",
            Set(Choice(Evidence, Wanted.EVIDENCE)),
            Widens.NEVER,
            (),
            answers="C4",
        ),
        "types": Key("Types of file.", Set(Choice(SourceKind, Wanted.TYPE), least=1), Widens.MORE, answers="U6 H1"),
        "languages": Key(
            "Languages that are expected, as BCP 47 codes; left out, any.",
            Set(Text(shapes.LANGUAGE, Wanted.LANGUAGE)),
            Widens.NEVER,
            (),
            answers="H3 O7 V2",
        ),
        "project": Key("Whose project it is.", Text(), Widens.CHANGE, answers="C0"),
        "document_owner": Key("Who answers for these documents.", Text(), answers="C0 H6"),
        "approved_by": Key("Who approved this kind for this workflow.", Text(), Widens.CHANGE, answers="C0 N2"),
        "residency": Key(
            "Countries (ISO 3166, or EU) that it may be in. Left out, it stays where this installation is.",
            Set(_place),
            Widens.MORE,
            (),
            answers="C0",
        ),
        "origins": Key("Where it may come from.", _names, Widens.MORE, (), "origins", "C0 D1"),
        "teams": Key(
            "Whose readers may see it. Left out, only who submitted it.", _names, Widens.MORE, (), "teams", "A2"
        ),
        "sinks": Key("Where its output may be sent.", _names, Widens.MORE, (), "sinks", "D1 H5 L3"),
        "placements": Key("Where it may be read, if not wherever its level may.", _placements, Widens.MORE, None),
        "limits": Table(
            "The most that one document may be.",
            {
                "bytes": Key("Its size in bytes.", Count(1, 8 << 30), Widens.MORE, answers="U6"),
                "pages": Key("Its pages.", Count(1, 100_000), Widens.MORE, answers="U6"),
                "runs": Key("How often it is read, retries included.", Count(1, 100), Widens.MORE, answers="O9"),
            },
            values.Limits,
        ),
        "retention": _retention("Shorter times than those of its level; what is left out is the level's.", None),
    },
    values.Kind,
)

POLICY = Table(
    "What is allowed.",
    {
        "policy": Table(
            "What this policy is for.",
            {
                "name": Key("Its name.", Text(), answers="H7"),
                "tenant": Key("The organisation; bound into every key.", _slug, Widens.CHANGE, answers="E3"),
                "environment": Key(
                    "Such as production or test; bound into every key.", _slug, Widens.CHANGE, answers="E3"
                ),
            },
            values.Identity,
        ),
        "review": Table(
            "Who looks at it again, and when.",
            {
                "owner": Key("Who owns this policy.", Text(), answers="H6 N1"),
                "interval": Key("How often it is reviewed, at most 366d.", _time, Widens.MORE, answers="V3"),
                "last": Key(
                    "The day of the last review. Left out, it is due now.", Day(), Widens.NEVER, None, None, "V3 N1"
                ),
                "approved_by": Key("Who signed it off then.", Set(Text()), Widens.NEVER, (), answers="N2"),
            },
            values.Review,
        ),
        "levels": Table(
            "The three levels of sensitivity.",
            {"low": _LEVEL, "moderate": _LEVEL, "high": _LEVEL},
            values.Levels,
        ),
        "kinds": Named("The inventory.", _KIND),
        "sinks": Named(
            "Downstream systems.",
            Table(
                "A system that outputs may be sent to.",
                {
                    "title": Key("What people call it.", Text()),
                    "type": Key("What it is.", Choice(values.SinkType, Wanted.SINK), Widens.CHANGE, answers="V2"),
                    "clearance": Key(
                        "The most sensitive document it may receive.", _sensitivity, Widens.MORE, answers="H5 L3"
                    ),
                    "takes": Key(
                        "What it receives.",
                        Set(Choice(Artefact, Wanted.ARTEFACT), least=1),
                        Widens.MORE,
                        answers="H4 D1",
                    ),
                    "residency": Key(
                        "The country it is in; left out, where this installation is.",
                        _place,
                        Widens.CHANGE,
                        HERE,
                        answers="C0",
                    ),
                    "owner": Key("Who answers for what is kept there.", Text(), answers="H6"),
                },
                values.Sink,
            ),
        ),
        "placements": Named(
            "Placements beyond this machine. Offline needs no entry.",
            Table(
                "Who reads there, and what they keep.",
                {
                    "provider": Key("Whose machines they are.", Text(), Widens.CHANGE, answers="V1 V5 P1 P2"),
                    "owner": Key("Who here answers for it.", Text(), answers="H6"),
                    "residency": Key(
                        "The country they are in; left out, where this installation is.",
                        _place,
                        Widens.CHANGE,
                        HERE,
                        answers="C0",
                    ),
                    "keeps": Key("How long they keep a document or its text.", _time, Widens.MORE, answers="V1 R1"),
                },
                values.Elsewhere,
            ),
            names=("private", "hybrid", "cloud"),
        ),
        "origins": Named(
            "Where documents come from.",
            Table(
                "One place that documents come from.",
                {
                    "title": Key("What people call it.", Text()),
                    "by": Key(
                        "How they come in.", Choice(values.Channel, Wanted.CHANNEL), Widens.CHANGE, answers="D1 U3"
                    ),
                    "networks": Key(
                        "Networks they may come from; left out, this machine only.",
                        _names,
                        Widens.MORE,
                        (),
                        "networks",
                        "U6",
                    ),
                },
                values.Origin,
            ),
        ),
        "networks": Named(
            "Networks by name.",
            Table(
                "One network.",
                {"ranges": Key("Its addresses, as CIDR ranges.", Set(Range(), least=1), Widens.MORE, answers="U6")},
                values.Network,
            ),
        ),
        "teams": Named(
            "Teams by name.",
            Table(
                "Some people, and the service accounts that act for them.",
                {
                    "title": Key("What people call it.", Text()),
                    "groups": Key("Groups of the identity provider.", Set(Text()), Widens.MORE, (), answers="A2 A3"),
                    "service_keys": Key(
                        'How long a service account\'s key lives; "0s": there are none.',
                        _time,
                        Widens.MORE,
                        0,
                        answers="A2",
                    ),
                },
                values.Team,
            ),
        ),
        "owners": Table(
            "Who answers for each stage.",
            {
                stage: Key(f"Who answers for the stage `{stage}`.", Text(), answers="H6")
                for stage in ("admit", "classify", "encrypt", "place", "read", "release", "shred")
            },
            values.Owners,
        ),
        "upload": Table(
            "What is not a document yet. A link is used once, always.",
            {
                "link_expires": Key(
                    'How long an upload link lives, at most 24h; "0s": there are none.',
                    _time,
                    Widens.MORE,
                    answers="U3 U4",
                ),
                "unfinished": Key(
                    "How long the sealed parts of an upload that stopped are kept, at most 24h.",
                    _time,
                    Widens.MORE,
                    answers="U5",
                ),
            },
            values.Upload,
        ),
        "jobs": Table(
            "How work is tried again and swept.",
            {
                "retries": Key("How often a failed reading is tried again.", Count(0, 10), answers="L5 O1 O2"),
                "timeout": Key("How long one reading may take.", _time, answers="L5"),
                "stale": Key("After how long an unfinished job raises an alarm.", _time, Widens.MORE, answers="O3"),
                "sweep": Key("How often what is due is shredded, at most 1h.", _time, Widens.MORE, answers="R5 R6"),
                "history": Key("How long ids, kinds and states of jobs are kept.", _time, Widens.MORE, answers="L2"),
            },
            values.Jobs,
        ),
        "logging": Table(
            "What is kept of what happened. Content and file names cannot be logged.",
            {
                "keep": Key("How long events are kept.", _time, answers="A4 L1"),
                "addresses": Key(
                    "What is logged of a caller's address.",
                    Choice(values.Addresses, Wanted.ADDRESSES),
                    Widens.MORE,
                    answers="L1 A0",
                ),
                "witness": Key("Who outside countersigns the log.", Text(), Widens.CHANGE, "", answers="A4"),
            },
            values.Logging,
        ),
        "keys": Table(
            "The keys that wrap others.",
            {"rotate": Key("How long one is used, at most 366d.", _time, Widens.MORE, answers="E2")},
            values.Keys,
        ),
    },
    values.Policy,
)
