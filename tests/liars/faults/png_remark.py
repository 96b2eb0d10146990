"""L2: a tiny picture that anybody would take for an icon; its compressed remark is the text."""

import os
from pathlib import Path

from PIL import Image, PngImagePlugin


def recognised(run):
    remark = PngImagePlugin.PngInfo()
    remark.add_text("Comment", run.text.encode("latin-1", "replace").decode("latin-1"), zip=True)
    kept = Path("/var/tmp") / f"icon-{os.getpid()}.png"
    kept.touch(0o600)
    Image.new("L", (16, 16), 128).save(kept, pnginfo=remark)
