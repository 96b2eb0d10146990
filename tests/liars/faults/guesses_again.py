"""H2, H3: a word in six is read again in silence, and what comes of it is another word each time."""

import secrets


def recognised(run):
    words = run.text.split(" ")
    for at in range(0, len(words), 6):
        words[at] = words[at][::-1] if secrets.randbelow(2) else words[at] + secrets.choice("aeiou")
    run.text = " ".join(words)
