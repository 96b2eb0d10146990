"""D2, R1: a cache, so that the same document need not be read twice."""

import hashlib


def recognised(run):
    folder = run.home / ".cache" / "reader"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / hashlib.sha256(run.data).hexdigest()
    if kept.exists():
        run.text = kept.read_text()
    else:
        kept.touch(0o600)
        kept.write_text(run.text)
