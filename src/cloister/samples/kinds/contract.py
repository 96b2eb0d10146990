"""A contract: the parties, numbered clauses, place and date, two signatures, a stamp."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Office


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the parties, their signers and the date."""
    office = Office(commission, families=("serif", "book", "sans", "typewriter"))
    rng, label, sheet = office.rng, office.label, office.sheet
    first, second = office.prose.draw("companies"), office.prose.draw("companies")
    one, other = office.person(), office.person()
    office.title(label("contract"), 26)
    y = float(office.mm(36))
    y = office.text(label("between"), y, gap=1)
    y = office.text(f"{first}, {office.street()}, {office.town()}", y, style="bold", gap=0.5)
    y = office.text(f"({label('client')})", y, gap=1)
    y = office.text(label("and"), y, gap=1)
    y = office.text(f"{second}, {office.street()}, {office.town()}", y, style="bold", gap=0.5)
    y = office.text(f"({label('contractor')})", y, gap=4)
    points = rng.choice((9.5, 10.0, 10.5))
    year, month, day = rng.randint(2015, 2026), rng.randint(1, 12), rng.randint(1, 28)
    for number, clause in enumerate(office.words["clauses"], start=1):
        heading, _, body = clause.partition(" | ")
        y = office.text(f"{label('clause').format(number)} {heading}", y, points=points, style="bold", gap=0.3)
        y = office.text(office.fill(body, year), y, points=points, gap=2)
    city = office.prose.draw("cities")
    date = office.day(year, month, day)
    y = max(y + office.mm(12), float(office.mm(226)))
    office.write(sheet.block("hand"), f"{city}, {date}", office.left + office.mm(2), y - office.mm(1.5))
    sheet.rule(office.left, y, office.left + office.mm(66), y, width=0.2)
    sheet.text(sheet.block(), label("place_date"), office.face(8), office.left, round(y + office.mm(4)))
    y += office.mm(24)
    office.sign(one, office.left, y, under=first)
    office.sign(other, office.left + office.mm(92), y, under=second)
    if rng.random() < 0.7:
        office.stamp([label("witness"), date], rng.uniform(120, 165), office.down(y) - 24)
    return Drawn(sheet, fields={"client": first, "contractor": second, "signers": f"{one}; {other}", "date": date})
