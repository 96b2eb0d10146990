"""A patient's form: printed labels, entries by hand, ticks, a signature and a stamp."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Office


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has what was entered."""
    office = Office(commission)
    rng, label, sheet = office.rng, office.label, office.sheet
    name = office.person()
    date = office.day(rng.randint(2019, 2026), rng.randint(1, 12), rng.randint(1, 28))
    office.head(label("clinic"), label("medical_form"))
    entries = {
        "patient": name,
        "birth": office.day(rng.randint(1935, 2012), rng.randint(1, 12), rng.randint(1, 28)),
        "address": f"{office.street()}, {office.town()}",
        "insurer": rng.choice(office.words["insurers"]),
        "insurance_number": rng.choice("ABCEKTX") + "".join(str(rng.randint(0, 9)) for _ in range(9)),
        "complaint": rng.choice(office.words["complaints"]),
        "allergies": rng.choice(office.words["allergies"]),
        "medicines": rng.choice(office.words["medicines"]),
    }
    y = float(office.mm(56))
    for key, text in entries.items():
        part = sheet.block("form")
        sheet.text(part, label(key), office.fitting(label(key), 9, "regular", office.mm(44)), office.left, round(y))
        start = office.left + office.mm(47)
        sheet.rule(start, y + office.mm(1.2), office.right, y + office.mm(1.2), width=0.18, ink=100)
        office.write(sheet.block("hand"), text, start + office.mm(3), y - office.mm(0.6))
        y += office.mm(11)
    y = office.text(label("history"), y + office.mm(3), points=9.5, style="bold", gap=2)
    y = _ticks(office, y + office.mm(2))
    y = office.text(label("consent"), y + office.mm(6), points=9.5)
    y += office.mm(20)
    office.write(sheet.block("hand"), date, office.left + office.mm(2), y - office.mm(1.5))
    sheet.rule(office.left, y, office.left + office.mm(60), y, width=0.2)
    sheet.text(sheet.block(), label("date"), office.face(8), office.left, round(y + office.mm(4)))
    office.sign(name, office.left + office.mm(92), y, under=label("signature"))
    if rng.random() < 0.7:
        office.stamp([label("checked"), date], 60, office.down(y) + 18)
    return Drawn(sheet, fields={**entries, "date": date})


def _ticks(office: Office, y: float) -> float:
    """The conditions in three columns, some of them crossed. Returns the next baseline."""
    sheet, rng, side = office.sheet, office.rng, office.mm(3.6)
    for i, name in enumerate(office.words["conditions"]):
        x, base = office.left + office.mm(57 * (i % 3)), y + office.mm(8 * (i // 3))
        top = base - office.mm(3.2)
        sheet.frame(x, top, x + side, top + side, width=0.25)
        sheet.text(sheet.block("form"), name, office.face(9.5), x + office.mm(6), round(base))
        if rng.random() < 0.3:
            for a, b in ((0.1, 0.95), (1.0, 0.05)):
                ends = (x - side * 0.1, top + side * a, x + side * rng.uniform(1.0, 1.2), top + side * b)
                sheet.rule(*ends, width=0.45, ink=office.pen)
    return y + office.mm(8 * ((len(office.words["conditions"]) + 2) // 3))
