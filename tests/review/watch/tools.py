"""Small tools to be watched: a few lines of Python each, that do one thing."""

from __future__ import annotations

from pathlib import Path

from cloister.model import Plain
from cloister.review.seen import Left, Observer, Ran
from cloister.review.watch import Order

PYTHON = "/usr/bin/python3"
TEXT = b"A document of nobody."
URING = Path(__file__).with_name("uring.py").read_text()


def order(code: str, *words: str, case: str = "case", **more: object) -> Order:
    """Run some lines; `source` and `target` are its two files in them."""
    head = "import ctypes, os, signal, socket, sys, time\nsource, target = sys.argv[1:3]\n"
    argv = (PYTHON, "-I", "-S", "-B", "-c", head + code, "{input}", "{output}", *words)
    return Order(case=case, argv=argv, data=Plain(TEXT), input_name="scan.png", output_name="out.txt", **more)


def left(ran: Ran, path: str) -> Left:
    """What stands at a path after a run; fails where nothing does."""
    return next(each for each in ran.left if each.path == path)


def paths(ran: Ran) -> set[str]:
    return {each.path for each in ran.left}


def wrote(ran: Ran) -> set[str]:
    return {each.path for each in ran.wrote}


def controlled(ran: Ran) -> set[Observer]:
    return {watch.observer for watch in ran.watches if watch.controlled}
