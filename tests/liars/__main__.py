"""`python -m tests.liars`: how honest is the verifier? Exit 0 where it is as honest as it must be, else 1."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from pathlib import Path

from tests.liars import draw, harness, matrix, score


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m tests.liars", description=__doc__)
    made.add_argument("--singles", action="store_true", help="every fault alone")
    made.add_argument("--pairs", type=int, default=0, metavar="N", help="N random pairs of faults")
    made.add_argument("--honest", type=int, default=0, metavar="N", help="the honest tool N times")
    made.add_argument("--only", nargs="*", default=(), metavar="FAULT", help="draw from these faults only")
    made.add_argument("--seed-file", type=Path, required=True, help="decides the drawing; the verifier never sees it")
    made.add_argument("-O", "--output-dir", type=Path, required=True, help="gets results.json and results.md")
    made.add_argument("-j", "--jobs", type=int, default=1, help="reviews side by side")
    made.add_argument("--uid", type=int, help="the reviewer's user id; as root one that owns nothing, 0 for root")
    made.add_argument("--limit", type=float, default=1800, metavar="SECONDS", help="for one review")
    made.add_argument("--option", action="append", default=[], help="one more word for `cloister review run`")
    made.add_argument("--reading", action="append", default=[], help="the same for what breaks `reads`")
    made.add_argument("--verifier", default=shlex.join(harness.VERIFIER), help="the command to be measured")
    made.add_argument("--keep", action="store_true", help="keep every review's record, in the sealed folder")
    made.add_argument("--publish", action="store_true", help="make the figures those of docs/liars.md")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Draw, review, score, write down."""
    asked = parser().parse_args(arguments)
    uid = asked.uid if asked.uid is not None else harness.NOBODY if os.geteuid() == 0 else 0
    seed = draw.seed_of(asked.seed_file, uid)
    jobs = draw.jobs(
        seed, singles=asked.singles, pairs=asked.pairs, honest=asked.honest, only=tuple(sorted(asked.only))
    )
    bench = harness.Bench(
        asked.output_dir.resolve(),
        tuple(shlex.split(asked.verifier)),
        tuple(asked.option),
        tuple(asked.reading),
        uid,
        asked.limit,
        asked.keep,
    )
    scores = harness.run(bench, jobs, side_by_side=asked.jobs)
    reached = score.reached(scores, draw.frozen())
    held = {"reached": reached, "tools": [score.as_json(found) for found in scores]}
    (bench.sealed / "results.json").write_text(json.dumps(held, indent=1) + "\n")
    (bench.sealed / "results.md").write_text(matrix.results(scores))
    if asked.publish:
        matrix.keep(scores)
        matrix.write()
    print(matrix.figures(scores))
    print(f"\n{'reached' if reached else 'NOT reached'}; details: {bench.sealed}/results.md")
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
