"""Payment cards: Luhn's digit, the issuers' ranges (ISO/IEC 7812), and groups as on a card or a word that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloister.evidence.shapes import mended
from cloister.evidence.terms import Terms
from cloister.evidence.text import Number
from cloister.model import Evidence, Found

# First and last prefix of each range, and the lengths of its numbers.
_ISSUERS = (
    ("4", "4", (16, 19)),  # Visa; its old numbers of 13 digits are no more
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "659", (16, 19)),
    ("3528", "3589", (16, 19)),  # JCB
    ("300", "305", (14,)),  # Diners Club
    ("36", "36", (14,)),
    ("38", "39", (14,)),
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("5018", "5018", (16, 19)),  # Maestro
    ("5020", "5020", (16, 19)),
    ("5038", "5038", (16, 19)),
    ("6304", "6304", (16, 19)),
    ("6759", "6763", (16, 19)),
    ("2200", "2204", (16, 19)),  # Mir
    ("6521", "6522", (16,)),  # RuPay
)
LENGTHS = frozenset(length for _, _, lengths in _ISSUERS for length in lengths)
_GROUPS = frozenset({"4444", "465", "464", "44443"})
"""How cards group their digits."""
_WORDS = """
credit card|debit card|card number|card no|cardholder|card holder|payment card|visa|mastercard|american express|amex
maestro|diners club|discover|unionpay|expiry date|valid thru|valid until|cvv|cvc|security code|kreditkarte
kreditkartennummer|kartennummer|karteninhaber|debitkarte|gültig bis|prüfziffer|carte bancaire|carte de crédit
carte bleue|numéro de carte|titulaire de la carte|expire fin|cryptogramme|tarjeta de crédito|tarjeta de débito
número de tarjeta|titular de la tarjeta|tarjeta|kreditkartendaten|zahlungskarte|carta di credito|creditcard|kartennr
pan
"""
WORDS = Terms.of(_WORDS.strip().replace("\n", "|").split("|"))
"""Words that speak of cards."""


def luhn(digits: str) -> bool:
    """Whether the last digit is the one that Luhn's formula gives (ISO/IEC 7812-1, annex B)."""
    doubled = (int(c) * 2 for c in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d // 10 + d % 10 for d in doubled)) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether an issuer gives out such a number, and its check digit holds; one digit repeated is nobody's."""
    issued = any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)
    return issued and len(set(digits)) > 1 and luhn(digits)


def find(numbers: Sequence[Number], near: frozenset[int], page: int) -> Iterator[Found]:
    """The cards of a page. `near` holds the lines at which a word speaks of cards."""
    cards: set[str] = set()
    for number in numbers:
        if len(number.text) not in LENGTHS:
            continue
        groups = "".join(str(len(part)) for part in number.written.replace("-", " ").replace(".", " ").split(" "))
        if groups not in _GROUPS and number.line not in near:
            continue
        cards.update(card for card in mended(number.text, "9" * len(number.text)) if is_card(card))
    if cards:
        yield Found(Evidence.CARD_NUMBER, "card-number", page, len(cards), proven=True)
