"""A token of SoftHSM in a folder of a test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN, PIN = "cloister", "a pin of a test"


def made(place: Path) -> Path:
    """Make it; the file of settings, which whoever uses it is to find in `SOFTHSM2_CONF`."""
    (place / "tokens").mkdir()
    settings = place / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {place}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    words = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(words, check=True, capture_output=True, env=os.environ | {"SOFTHSM2_CONF": str(settings)})
    return settings


def looked(*words: str) -> str:
    """What pkcs11-tool, another program, says of the token."""
    command = ["pkcs11-tool", "--module", str(MODULE), "--token-label", TOKEN, "--login", "--pin", PIN, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
