"""Seeded leaks: every token in every encoding on every surface, and how many of them the scanner finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from cloister.canary.encodings import PACKED, PLAIN, Encode
from cloister.canary.scanner import Scanned, Scanner
from cloister.canary.surfaces import SURFACES
from cloister.model import Plain


@dataclass(frozen=True, slots=True)
class Control:
    """One seeded leak."""

    label: str
    encoding: str
    surface: str
    data: Plain

    @property
    def name(self) -> str:
        """What the scanner calls it."""
        return f"control/{self.surface}/{self.encoding}"


def controls(scanner: Scanner, tokens: Mapping[str, str]) -> Iterator[Control]:
    """Every encoding on every surface, the tokens in turn."""
    labels = list(tokens)
    written: list[tuple[str, Encode]] = [*PLAIN.items()]
    written += [(name, partial(scanner.pack, packing)) for name, packing in PACKED.items()]
    count = 0
    for name, encode in written:
        encoded: dict[str, bytes] = {}
        for surface, lay in SURFACES.items():
            label = labels[count % len(labels)]
            count += 1
            if label not in encoded:
                encoded[label] = encode(tokens[label].encode())
            yield Control(label, name, surface, Plain(lay(encoded[label])))


def missed(scanner: Scanner, tokens: Mapping[str, str]) -> tuple[list[Control], int, Scanned]:
    """The seeded leaks that were not found, how many there were, and what the search came to."""
    seeded = list(controls(scanner, tokens))
    scanned = scanner.scan((control.name, control.data) for control in seeded)
    found = {(hit.item, hit.label) for hit in scanned.hits}
    return [control for control in seeded if (control.name, control.label) not in found], len(seeded), scanned


def recall(scanner: Scanner, tokens: Mapping[str, str]) -> float:
    """The share of the seeded leaks that were found, 0 to 1; 0 where a token was found that is in none of them.

    `tokens` are some that the scanner looks for.
    """
    lost, count, scanned = missed(scanner, tokens)
    return 0.0 if any(not hit.perhaps for hit in scanned.decoy_hits) else (count - len(lost)) / count
