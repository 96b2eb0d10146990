"""A payslip: who is paid by whom, earnings, deductions, and what is paid out."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Cells, Office

_COLUMNS = Cells((0.0, 0.46, 0.6, 0.78, 1.0), frozenset({1, 2, 3}))


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the employee, the sums in hundredths and the account."""
    office = Office(commission)
    rng, label = office.rng, office.label
    company, name = office.prose.draw("companies"), office.person()
    office.head(company, label("payslip"))
    year, month = rng.randint(2019, 2026), rng.randint(1, 12)
    account, middle = office.iban(), office.left + office.mm(92)
    who = [
        (label("employee"), name), (label("address"), office.street()), ("", office.town()),
        (label("department"), rng.choice(office.words["departments"])),
    ]  # fmt: skip
    digits = "".join(str(rng.randint(0, 9)) for _ in range(21))
    facts = [
        (label("period"), f"{month:02d}/{year}"), (label("personnel"), str(rng.randint(1000, 99999))),
        (label("tax_number"), digits[:11]),
        (label("social"), f"{digits[11:13]} {digits[13:19]} {rng.choice('ABCDEFHK')} {digits[19:]}"),
    ]  # fmt: skip
    office.pairs(who, office.left, office.left + office.mm(34), office.mm(54))
    office.pairs(facts, middle, middle + office.mm(40), office.mm(54))
    y, gross = _earned(office, office.mm(80))
    y, taken = _taken(office, y + office.mm(4), gross)
    y += office.mm(8)
    y = office.sum(label("gross"), office.money(gross), y)
    y = office.sum(label("taken"), office.money(-taken), y)
    office.sheet.rule(office.left + office.mm(88), y - office.mm(4.6), office.right, y - office.mm(4.6), width=0.4)
    net = office.money(gross - taken)
    y = office.sum(label("net"), f"{net} {office.words['currency']}", y + office.mm(1), bold=True)
    office.pairs([(label("paid_to"), account)], office.left, office.left + office.mm(46), y + office.mm(8))
    office.foot([f"{company} · {label('tel')} {office.prose.phone()}"])
    if rng.random() < 0.4:
        office.stamp([label("personal")], 82, office.down(y) + 28)
    sums = {"gross": str(gross), "deductions": str(taken), "net": str(gross - taken)}
    return Drawn(office.sheet, fields={"employee": name, "employer": company, **sums, "account": account})


def _earned(office: Office, y: float) -> tuple[float, int]:
    rng, rows, total = office.rng, [], 0
    for i, name in enumerate(office.words["earnings"][: rng.randint(3, 5)]):
        units, rate = (1, rng.randint(21000, 62000) * 10) if i == 0 else (rng.randint(1, 12), rng.randint(900, 4800))
        rows.append([name, str(units), office.money(rate), office.money(units * rate)])
        total += units * rate
    heads = [office.label(key) for key in ("earnings", "units", "rate", "amount")]
    return office.table(_COLUMNS, heads, rows, y), total


def _taken(office: Office, y: float, gross: int) -> tuple[float, int]:
    rng, rows, total = office.rng, [], 0
    for name in office.words["deductions"][: rng.randint(3, 5)]:
        share = rng.randint(90, 1500)
        value = gross * share // 10000
        rows.append([name, "", office.prose.decimal(share) + " %", office.money(value)])
        total += value
    heads = [office.label("deductions"), "", office.label("rate"), office.label("amount")]
    return office.table(_COLUMNS, heads, rows, y), total
