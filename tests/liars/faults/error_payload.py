"""L1, O1: the message of a failure quotes what it failed on: readable bytes, and the pixels that could be saved."""

import io
import re
import subprocess

from PIL import Image, ImageFile


def failed(run):
    quoted = [found.decode() for found in re.findall(rb"[\x20-\x7e]{12,}", run.data)][:40]
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(io.BytesIO(run.data)) as image:
            held = io.BytesIO()
            image.convert("L").save(held, "PPM")
        engine = ["tesseract", "stdin", "stdout"]
        done = subprocess.run(engine, input=held.getvalue(), capture_output=True, check=False)
        quoted += done.stdout.decode("utf-8", "replace").split("\n")
    except (OSError, ValueError, SyntaxError):
        quoted.append("nothing on the page")
    run.says = f"{run.says}; near: {quoted!r}"
