"""A bank statement: holder, account with valid check digits, bookings, and a balance that follows from them."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Cells, Office

_COLUMNS = Cells((0.0, 0.15, 0.58, 0.79, 1.0), frozenset({2, 3}))


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the holder, the account and both balances in hundredths."""
    office = Office(commission, families=("sans", "office", "narrow"))
    rng, label = office.rng, office.label
    bank, name, account = label("bank"), office.person(), office.iban()
    office.head(bank, label("bank_statement"))
    year, month = rng.randint(2019, 2026), rng.randint(1, 12)
    office.pairs(
        [(label("holder"), name), (label("address"), office.street()), ("", office.town())],
        office.left, office.left + office.mm(34), office.mm(54),
    )  # fmt: skip
    middle = office.left + office.mm(88)
    iban = "IBAN" if account[0].isalpha() else label("card_number")
    office.pairs(
        [(iban, account), ("BIC", _bic(office)), (label("statement_number"), f"{month}/{year}")],
        middle, middle + office.mm(26), office.mm(54),
    )  # fmt: skip
    balance = opening = rng.randint(20000, 900000)
    y = office.sum(label("opening"), office.money(opening), office.mm(76))
    rows = []
    for day in sorted(rng.randint(1, 28) for _ in range(rng.randint(9, 20))):
        value = rng.choice((-1, -1, -1, 1)) * rng.choice((rng.randint(199, 9900), rng.randint(10000, 190000)))
        balance += value
        text = office.prose.fill(rng.choice(office.words["transactions"]))
        rows.append([office.day(year, month, day), text, office.money(value), office.money(balance)])
    heads = [label(key) for key in ("booked", "text", "amount", "balance")]
    y = office.table(_COLUMNS, heads, rows, y)
    closing = f"{office.money(balance)} {office.words['currency']}"
    office.sum(label("closing"), closing, y + office.mm(8), bold=True)
    office.foot([f"{bank} · {label('tel')} {office.prose.phone()}", label("page").format(1, 1)])
    balances = {"opening": str(opening), "closing": str(balance)}
    return Drawn(office.sheet, fields={"holder": name, "iban": account, **balances})


def _bic(office: Office) -> str:
    """A code of the right shape (ISO 9362) for a bank that does not exist."""
    letters = "".join(office.rng.choice("QXZWVK") for _ in range(4))
    return f"{letters}{office.words['country']}{office.rng.choice('23456789')}X{office.rng.choice(('', 'XXX'))}"
