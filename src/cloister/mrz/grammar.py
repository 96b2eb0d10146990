"""What a machine-readable zone may hold: line lengths, fields, alphabets and check digits.

ICAO Doc 9303, parts 4 (TD3, passports), 5 (TD1, cards), 6 (TD2) and 7 (MRV-A and MRV-B, visas), and the
French identity card of 1988 to 2021. Positions are counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FILLER = "<"
WEIGHTS = (7, 3, 1)
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_MODULUS = 10


class Sort(Enum):
    """What may stand at one position."""

    LETTER = "A"
    STATE = "S"
    DIGIT = "N"
    DATE = "D"
    """A digit, or a filler where a part of the date is not known."""
    CHECK = "C"
    """A digit, or a filler where what it guards is empty."""
    SEX = "G"
    ANY = "X"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of one line."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Guard:
    """A check digit: where it stands, and what it guards."""

    name: str
    at: Span
    over: tuple[Span, ...]


class Format(Enum):
    """The kinds of zone."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"
    FRANCE = "French identity card"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of zone: its lines as patterns of sorts, the letters it may begin with, its fields and guards."""

    format: Format
    begins: str
    patterns: tuple[str, ...]
    fields: dict[str, Span]
    guards: tuple[Guard, ...]

    @property
    def width(self) -> int:
        """Characters in each line."""
        return len(self.patterns[0])

    def sort(self, line: int, at: int) -> Sort:
        """What may stand at a position."""
        return Sort(self.patterns[line][at])


def _guards(number: Span, birth: Span, expiry: Span) -> tuple[Guard, ...]:
    spans = {"number": number, "birth": birth, "expiry": expiry}
    return tuple(Guard(name, Span(s.line, s.end, s.end + 1), (s,)) for name, s in spans.items())


def _travel(kind: Format, begins: str, width: int, *, optional_checked: bool, composite: bool) -> Layout:
    """A zone of two lines whose second is the same up to its optional data."""
    optional = Span(1, 28, width - composite - optional_checked)
    tail = "X" * (optional.end - optional.start) + "C" * (optional_checked + composite)
    guards = _guards(Span(1, 0, 9), Span(1, 13, 19), Span(1, 21, 27))
    if optional_checked:
        guards += (Guard("optional", Span(1, optional.end, optional.end + 1), (optional,)),)
    if composite:
        over = (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, width - 1))
        guards += (Guard("composite", Span(1, width - 1, width), over),)
    fields = {
        "code": Span(0, 0, 2), "issuer": Span(0, 2, 5), "names": Span(0, 5, width),
        "number": Span(1, 0, 9), "nationality": Span(1, 10, 13), "birth": Span(1, 13, 19),
        "sex": Span(1, 20, 21), "expiry": Span(1, 21, 27), "optional": optional,
    }  # fmt: skip
    patterns = ("AASSS" + "A" * (width - 5), "X" * 9 + "CSSS" + "D" * 6 + "CG" + "D" * 6 + "C" + tail)
    return Layout(kind, begins, patterns, fields, guards)


_CARD = Layout(
    Format.TD1,
    "ACI",
    ("AASSS" + "X" * 9 + "C" + "X" * 15, "D" * 6 + "CG" + "D" * 6 + "CSSS" + "X" * 11 + "C", "A" * 30),
    {
        "code": Span(0, 0, 2), "issuer": Span(0, 2, 5), "number": Span(0, 5, 14), "optional": Span(0, 15, 30),
        "birth": Span(1, 0, 6), "sex": Span(1, 7, 8), "expiry": Span(1, 8, 14), "nationality": Span(1, 15, 18),
        "optional2": Span(1, 18, 29), "names": Span(2, 0, 30),
    },
    (
        *_guards(Span(0, 5, 14), Span(1, 0, 6), Span(1, 8, 14)),
        Guard("composite", Span(1, 29, 30), (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29))),
    ),
)  # fmt: skip
_FRANCE = Layout(
    Format.FRANCE,
    "I",
    ("AASSS" + "A" * 25 + "XXXDDD", "DDDDXXXNNNNNC" + "A" * 14 + "D" * 6 + "CGC"),
    {
        "code": Span(0, 0, 2), "issuer": Span(0, 2, 5), "names": Span(0, 5, 30), "optional": Span(0, 30, 36),
        "number": Span(1, 0, 12), "given": Span(1, 13, 27), "birth": Span(1, 27, 33), "sex": Span(1, 34, 35),
    },
    (
        Guard("number", Span(1, 12, 13), (Span(1, 0, 12),)),
        Guard("birth", Span(1, 33, 34), (Span(1, 27, 33),)),
        Guard("composite", Span(1, 35, 36), (Span(0, 0, 36), Span(1, 0, 35))),
    ),
)  # fmt: skip

LAYOUTS = (
    _travel(Format.TD3, "P", 44, optional_checked=True, composite=True),
    _travel(Format.MRV_A, "V", 44, optional_checked=False, composite=False),
    _travel(Format.TD2, "ACI", 36, optional_checked=False, composite=True),
    _travel(Format.MRV_B, "V", 36, optional_checked=False, composite=False),
    _FRANCE,
    _CARD,
)


def value(character: str) -> int:
    """What a character counts in a check digit."""
    return 0 if character == FILLER else int(character, 36)


def check_digit(text: str) -> str:
    """The check digit over a text (9303-3, 4.9): weights 7, 3, 1, modulus 10."""
    return str(sum(value(c) * WEIGHTS[i % 3] for i, c in enumerate(text)) % _MODULUS)


# ISO 3166-1 alpha-3, and what 9303-3, section 5, adds: Germany's D, the United Nations, the European Union,
# persons without a nationality, the specimen state Utopia and others.
STATES = frozenset(
    """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ
BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU
DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC
GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM
KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL
PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN
SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB
VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
D<< EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC XXA XXB XXC XXX UTO GBD GBN GBO GBP GBS RKS IAO ZIM
""".split()  # noqa: SIM905  (two hundred quoted codes would be harder to read)
)
