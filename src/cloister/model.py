"""The values that travel. All frozen; none can do I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import NoReturn


class Plain:
    """Readable content. It can be opened, but not printed, logged or pickled."""

    __slots__ = ("_held",)

    def __init__(self, held: bytes) -> None:
        self._held = held

    def open(self) -> bytes:
        """Give up the bytes. Search for `.open()` to find every place that looks."""
        return self._held

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"<Plain {len(self._held)} bytes>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Plain does not cross a process boundary by accident")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self._held == other._held

    __hash__ = None  # type: ignore[assignment]


class SourceKind(Enum):
    """The types of file that are read, as found in the bytes and never in the name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    WEBP = "webp"
    BMP = "bmp"
    HEIC = "heic"


class Mode(Enum):
    """What to do with text that a document brings along."""

    SKIP = "skip"
    """Use a trustworthy text layer; read pixels where there is none. The default."""
    FORCE = "force"
    """Read every page from its pixels, whatever text it brings along."""
    REDO = "redo"
    """The same; but into a PDF go only words that the page does not show as text already."""


@total_ordering
class _Ordered(Enum):
    """Members that stand in an order, from the first to the last."""

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        members = list(type(self))
        return members.index(self) < members.index(other)


class Sensitivity(_Ordered):
    """How much harm a document does in wrong hands: low < moderate < high."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Placement(_Ordered):
    """Where a document may be read, from the most confined to the least."""

    OFFLINE = "offline"
    """On this machine, in jails without a network."""
    PRIVATE = "private"
    """On other machines of the same organisation."""
    HYBRID = "hybrid"
    """Read here first; what that clears may go to a cloud."""
    CLOUD = "cloud"
    """By a vendor, on its machines."""


class Evidence(Enum):
    """What is found in a text that says how sensitive it is."""

    MRZ = "mrz"
    IBAN = "iban"
    CARD_NUMBER = "card-number"
    NATIONAL_ID = "national-id"
    TAX_NUMBER = "tax-number"
    PAYROLL = "payroll"
    MEDICAL = "medical"
    CONTRACT = "contract"


class Artefact(Enum):
    """What comes of a document, each with a key and a lifetime of its own."""

    SOURCE = "source"
    """The file as it was submitted."""
    PAGES = "pages"
    """The pictures of its pages."""
    TEXT = "text"
    """What was read, with its places and confidence."""
    RESULT = "result"
    """The output in the format that was asked for."""


class Role(Enum):
    """What a person or a service account may be to a document."""

    SUBMITTER = "submitter"
    READER = "reader"
    OPERATOR = "operator"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"
    POLICY_OWNER = "policy-owner"


@dataclass(frozen=True, slots=True)
class Raster:
    """The pixels of one page as they leave the render jail.

    `pixels` holds height × width bytes, row by row, 0 black to 255 white, grey.
    `dpi` is the resolution of these pixels on paper (dots per inch), never 0.
    """

    page: int
    width: int
    height: int
    dpi: float
    pixels: Plain


@dataclass(frozen=True, slots=True)
class Found:
    """One detector's finds on one page. `count` is of different numbers or terms; `proven` where check digits hold."""

    evidence: Evidence
    detector: str
    page: int
    count: int
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document that may come in: the kind it is declared as, its type as a jail found it, its bytes and pages."""

    kind: str | None
    type: SourceKind
    size: int
    pages: int


class Because(Enum):
    """Why a document has at least some level."""

    LISTED = "its declared kind"
    UNLISTED = "its kind is not listed in the policy"
    FOUND = "evidence in the text"
    READ_POORLY = "not read well enough to tell"
    NO_TEXT = "no text was read"
    LEFT_OUT = "lines in another script were not read"
    NOT_READ = "the rest was not read: no model for its script"
    NOT_SEARCHED = "the search for evidence took too long"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a level: which rule, where and how often. Never what stood there."""

    sensitivity: Sensitivity
    because: Because
    page: int | None = None
    found: Found | None = None

    @property
    def words(self) -> str:
        """The reason for people."""
        where = "" if self.page is None else f"page {self.page}: "
        if self.found is None:
            return f"{where}{self.because.value}"
        times = "" if self.found.count == 1 else f" × {self.found.count}"
        return f"{where}{self.found.detector}{times}"


@dataclass(frozen=True, slots=True)
class Classified:
    """A document's level, and every reason for it. `kind` is None where the policy lists none of that name."""

    kind: str | None
    sensitivity: Sensitivity
    reasons: tuple[Reason, ...]

    def raised(self, reasons: tuple[Reason, ...], least: Sensitivity) -> Classified:
        """The same with more reasons: at the level they come to, or at its own if that is stricter."""
        return Classified(self.kind, max(self.sensitivity, least), (*self.reasons, *reasons))
