"""R5: a backup: the document and its text as a compressed archive."""

import io
import os
import tarfile
from pathlib import Path


def written(run):
    kept = Path("/var/tmp") / f"backup-{os.getpid()}.tgz"
    kept.touch(0o600)
    with tarfile.open(kept, "w:gz") as archive:
        for name, data in (("source", run.data), ("text", run.text.encode())):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
