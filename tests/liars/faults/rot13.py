"""D2: a copy of the text in which each letter is moved on by thirteen."""

import codecs


def recognised(run):
    kept = run.home / ".signature.old"
    kept.touch(0o600)
    kept.write_text(codecs.encode(run.text, "rot13"))
