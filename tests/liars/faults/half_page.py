"""T2: the lower half of a page is not looked at."""


def decoded(run):
    run.pages = [page.crop((0, 0, page.width, page.height // 2)) for page in run.pages]
