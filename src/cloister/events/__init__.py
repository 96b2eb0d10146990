"""The closed vocabulary of events: what can be said to have happened, and nothing else.

An event holds facts: ids, members of enums, numbers, times and hashes. There is no field for a name or for text, so
nothing of a document can be said.
"""

from __future__ import annotations

from cloister.events.event import LONGEST, Draft, Event, Value, moment_of, moment_text
from cloister.events.vocabulary import ACTORS, VOCABULARY, Act, Cause, Id, Outcome, Says, Shape, Thing

__all__ = [
    "ACTORS",
    "LONGEST",
    "VOCABULARY",
    "Act",
    "Cause",
    "Draft",
    "Event",
    "Id",
    "Outcome",
    "Says",
    "Shape",
    "Thing",
    "Value",
    "moment_of",
    "moment_text",
]
