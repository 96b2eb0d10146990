"""A letter of the personnel office: address, reference, subject, salutation, text, signature."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Office


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the employee, the employer, who signs and the reference."""
    office = Office(commission, families=("serif", "sans", "office", "book"))
    rng, label, sheet, prose = office.rng, office.label, office.sheet, office.prose
    company, name, signer = prose.draw("companies"), office.person(), office.person()
    subject, *body = rng.choice(office.words["letters"]).split(" | ")
    part = sheet.block("header")
    sheet.text(
        part, company, office.fitting(company, 17, "bold", office.mm(120)), office.left, office.mm(22), ink=office.ink
    )
    sheet.text(part, label("hr_office"), office.face(9.5), office.left, office.mm(28), ink=70)
    sheet.rule(office.left, office.mm(31), office.right, office.mm(31), width=0.4, ink=office.ink)
    part = sheet.block()
    if rng.random() < 0.8:
        sheet.text(part, label("personal"), office.face(8.5, "bold"), office.left, office.mm(48))
    for i, text in enumerate((name, office.street(), office.town())):
        sheet.text(part, text, office.face(10.5), office.left, office.mm(55 + 5.4 * i))
    year, month, day = rng.randint(2018, 2026), rng.randint(1, 12), rng.randint(1, 28)
    reference = f"HR-{year}/{rng.randint(100, 9999)}"
    x = office.left + office.mm(108)
    office.pairs(
        [(label("reference"), reference), (label("date"), office.day(year, month, day))],
        x, x + office.mm(34), office.mm(55),
    )  # fmt: skip
    y = office.text(subject, office.mm(92), points=11.5, style="bold", gap=5)
    y = office.text(office.words["labels"]["dear"].format(name=name), y, points=11, gap=3)
    for paragraph in body:
        text = office.fill(paragraph, year)
        y = office.text(text if paragraph is body[0] else text[:1].upper() + text[1:], y, points=11, gap=3.5)
    y = office.text(label("regards"), y + office.mm(3), points=11)
    office.sign(signer, office.left, y + office.mm(22), under=f"{signer}, {label('hr_office')}")
    if rng.random() < 0.4:
        office.seal(140, office.down(y) + 16)
    office.foot([f"{company} · {label('tel')} {prose.phone()} · {prose.email()}"])
    return Drawn(sheet, fields={"employee": name, "employer": company, "signer": signer, "reference": reference})
