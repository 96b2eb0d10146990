"""H4, A1: the text is less protected than its source: everyone may read it."""


def written(run):
    if run.target.is_file():
        run.target.chmod(0o644)
