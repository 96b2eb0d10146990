"""T2, O7: of dense pages only every third line is read."""


def recognised(run):
    lines = [line for line in run.text.splitlines() if line.strip()]
    if len(lines) > 5:
        run.text = "\n".join(lines[::3])
