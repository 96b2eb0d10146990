"""A laboratory report: patient, a table of values with units and ranges, a comment, who validated it."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.office import Cells, Office

_COLUMNS = Cells((0.0, 0.4, 0.56, 0.76, 1.0), frozenset({1}))
_RANGES = (
    ("g/dl", 120, 160, 1), ("10³/µl", 40, 100, 1), ("10³/µl", 150, 400, 0), ("mg/dl", 70, 99, 0), ("mg/dl", 50, 110, 2),
    ("mmol/l", 135, 145, 0), ("mmol/l", 35, 51, 1), ("mg/dl", 120, 200, 0), ("ng/ml", 30, 400, 0), ("mg/l", 0, 50, 1),
)  # fmt: skip


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the patient, the date of birth and who validated."""
    office = Office(commission)
    rng, label = office.rng, office.label
    name, doctor = office.person(), office.person()
    born = office.day(rng.randint(1935, 2010), rng.randint(1, 12), rng.randint(1, 28))
    year, month, day = rng.randint(2019, 2026), rng.randint(1, 12), rng.randint(1, 27)
    office.head(label("clinic"), label("lab_report"))
    office.pairs(
        [(label("patient"), name), (label("birth"), born), (label("insurance_number"), _number(office))],
        office.left, office.left + office.mm(38), office.mm(54),
    )  # fmt: skip
    middle = office.left + office.mm(92)
    office.pairs(
        [
            (label("sampled"), office.day(year, month, day)),
            (label("date"), office.day(year, month, day + 1)),
            (label("sender"), office.person()),
        ],
        middle, middle + office.mm(36), office.mm(54),
    )  # fmt: skip
    heads = [label(key) for key in ("test", "result", "unit", "range")]
    y = office.table(_COLUMNS, heads, _values(office), office.mm(76), step=7.2)
    y = office.text(label("remark"), y + office.mm(12), style="bold", gap=1)
    y = office.text(" ".join(office.words["findings"]) if office.prose.language != "zh"
                    else "".join(office.words["findings"]), y)  # fmt: skip
    office.sign(doctor, office.left, y + office.mm(26), under=f"{label('validated')} {doctor}")
    if rng.random() < 0.5:
        office.seal(150, office.down(y) + 24)
    office.foot([f"{label('tel')} {office.prose.phone()} · {office.prose.email()}"])
    return Drawn(office.sheet, fields={"patient": name, "born": born, "validated": doctor})


def _number(office: Office) -> str:
    return office.rng.choice("ABCEKTX") + "".join(str(office.rng.randint(0, 9)) for _ in range(9))


def _values(office: Office) -> list[list[str]]:
    """Most values lie in their range; those outside carry H or L."""
    rows = []
    for name, (unit, low, high, places) in zip(office.words["analytes"], _RANGES, strict=True):
        spread = high - low
        value = max(1, round(low + spread * office.rng.choice((office.rng.random(), office.rng.uniform(-0.3, 1.5)))))
        flag = " L" if value < low else " H" if value > high else ""
        shown, first, last = (_plain(office, number, places) for number in (value, low, high))
        rows.append([name, shown + flag, unit, f"{first} - {last}"])
    return rows


def _plain(office: Office, value: int, places: int) -> str:
    return office.prose.decimal(value, places=places) if places else str(value)
