"""What the records hold: of a document, and of each artefact of it. Ids, numbers, times and wrapped keys; no name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cloister.events import Cause
from cloister.model import Artefact, Sensitivity


class State(Enum):
    """Where a document is on its journey."""

    QUEUED = "queued"
    """Its source is sealed; it was not read yet."""
    KEPT = "kept"
    """It was read, and its text is sealed."""
    GONE = "gone"
    """Nothing of it can be opened any more; this line of history is left."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document. Times are seconds since 1970, 0 where there is none yet."""

    id: str
    environment: str
    tenant: str
    project: str
    kind: str | None
    submitter: str
    level: Sensitivity
    """For lists; what counts is the level that its artefacts are bound to."""
    accepted: int
    state: State
    lookup: bytes
    """Finds it again by its content, while the bucket that ends at `lookup_ends` has a key."""
    lookup_ends: int
    lookup_width: int
    runs: int = 0
    """How often it was read, or tried to be."""
    pages: int = 0
    grade: int = 0
    ended: int = 0
    cause: Cause | None = None
    """Why nothing of it is left."""
    languages: str = ""
    """Codes of those it was said to be in, parted by spaces."""
    problem: str = ""
    """The code of what went wrong when it was read last; empty if nothing did."""


@dataclass(frozen=True, slots=True)
class ArtefactRow:
    """One sealed artefact: the blob, what it was sealed for, what its key is bound to now, and that key, wrapped."""

    document: str
    artefact: Artefact
    blob: str
    length: int
    """Bytes of content."""
    since: int
    """When it was first kept, in seconds since 1970: its retention counts from here."""
    born_level: Sensitivity
    born_policy: str
    born_ends: int
    born_width: int
    level: Sensitivity
    policy: str
    ends: int
    width: int
    wrapped: bytes
    cause: Cause | None = None
    """Why it is to be shredded, if not because its time is over."""
