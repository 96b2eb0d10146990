"""Review: does an OCR tool do what the written policy says? Judged by experiment, from outside.

policy → claims → checks → findings → signed evidence → decision record. `verdict` is the logic that all checks
share, `claims` what may be claimed, `seen` what the observers hand to the checks, `result` what a review comes to.
"""
