"""The documents that a tool under review gets: of nobody, with another canary at each surface of each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cloister.model import Plain
from cloister.samples import carriers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.canary import Tokens

SURFACES = carriers.SURFACES
"""Where a canary can be planted, by the type of the document."""
_KINDS = ("payslip", "invoice", "medical_form", "contract", "bank_statement", "hr_letter", "receipt", "lab_report")
_DPI = 200
CUT, NO_PLACE = "cut off", "no place for the output"
"""Ways in which a run is bad that checks tell apart."""
_LETTER = "letter"
"""The surface of a token that stands in a file which is no document at all."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One kind of page by which accuracy is told apart."""

    name: str
    kind: str
    language: str = "en"
    quality: str = "clean"
    turned: int = 0


STRATA = (
    Stratum("clean", "hr_letter"),
    Stratum("low quality", "contract", quality="poor"),
    Stratum("fax", "contract", quality="fax"),
    Stratum("photo", "hr_letter", quality="photo"),
    Stratum("tables", "bank_statement", quality="scan"),
    Stratum("handwriting", "medical_form", quality="scan"),
    Stratum("German", "contract", language="de", quality="scan"),
    Stratum("French", "contract", language="fr", quality="scan"),
    Stratum("Spanish", "contract", language="es", quality="scan"),
)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One document. `planted` maps each surface to its token; `truth` is what the page says.

    `bad` says how a broken one is broken, `stratum` what a page for accuracy stands for.
    """

    slot: str
    name: str
    data: Plain
    planted: dict[str, str] = field(default_factory=dict)
    truth: Plain = field(default_factory=lambda: Plain(b""))
    bad: str = ""
    stratum: str = ""

    @property
    def digests(self) -> tuple[str, ...]:
        """The document's fingerprints as tools write them: of its bytes, in hex."""
        held = self.data.open()
        return tuple(hashlib.new(name, held, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256"))


class Stimuli:
    """Makes documents. `suffix` is their type, `without` the surfaces that get no canary."""

    def __init__(self, tokens: Tokens, suffix: str, *, seed: int, without: frozenset[str] = frozenset()) -> None:
        self._tokens, self._suffix, self._seed = tokens, suffix, seed
        self.surfaces = tuple(name for name in carriers.surfaces(suffix) if name not in without)

    def sound(self, slot: str, number: int, *, named: bool = True) -> Stimulus:
        """A document that can be read, with a canary at every surface; in its name only if it may be `named`."""
        surfaces = [surface for surface in self.surfaces if named or surface != "file_name"]
        planted = {surface: self._tokens.token(surface, slot) for surface in surfaces}
        kind = _KINDS[number % len(_KINDS)]
        made = carriers.document(
            kind, seed=self._seed + number, suffix=self._suffix, dpi=_DPI, quality="clean", canaries=planted
        )
        name = f"{made.name}.{made.suffix}"
        return Stimulus(slot, name, Plain(made.data), planted, Plain(made.truth.text.encode()))

    def broken(self) -> Iterator[Stimulus]:
        """Files that cannot be read, each with what canaries are left in it."""
        slot = "bad-empty"
        named = self._tokens.token("file_name", slot)
        yield Stimulus(slot, f"scan-{named}.{self._suffix}", Plain(b""), {"file_name": named}, bad="empty")
        whole = self.sound("bad-cut", 1)
        held = whole.data.open()
        yield Stimulus(whole.slot, whole.name, Plain(held[: len(held) // 3]), whole.planted, bad=CUT)
        slot = "bad-letter"
        letter = self._tokens.token(_LETTER, slot)
        body = f"{letter}\n\nDear Sir or Madam,\nthe matter of {letter} is private.\n" * 8
        yield Stimulus(slot, f"scan-7.{self._suffix}", Plain(body.encode()), {_LETTER: letter}, bad="no document")
        slot = "bad-noise"
        noise = self._tokens.token(_LETTER, slot)
        head = self.sound(slot, 2).data.open()[:16]
        grain = b"".join(hashlib.sha256(f"{self._seed}/{i}".encode()).digest() for i in range(400))
        yield Stimulus(
            slot, f"scan-8.{self._suffix}", Plain(head + noise.encode() + grain), {_LETTER: noise}, bad="damaged"
        )

    def misplaced(self) -> Stimulus:
        """A document that can be read, for a run whose output cannot be written; its name is in the output's path."""
        return replace(self.sound("bad-place", 3, named=False), bad=NO_PLACE)

    def measured(self, each: int) -> Iterator[Stimulus]:
        """`each` pages of every stratum, with their truth. The same canary is on all of them."""
        slot = "measured"
        planted = {"pixels": self._tokens.token("pixels", slot)} if "pixels" in self.surfaces else {}
        for number, stratum in enumerate(STRATA):
            for i in range(each):
                made = carriers.document(
                    stratum.kind,
                    seed=self._seed * 7919 + i,
                    language=stratum.language,
                    quality=stratum.quality,
                    dpi=_DPI,
                    suffix=self._suffix,
                    canaries=planted,
                )
                name = f"page-{number}{i:03d}.{made.suffix}"
                truth = Plain(made.truth.text.encode())
                yield Stimulus(slot, name, Plain(made.data), planted, truth, stratum=stratum.name)
