"""Keeps libraries that log from saying anything: what they say is free text, and may hold what they were handed."""

from __future__ import annotations

import logging


def silence(*libraries: str) -> None:
    """Let nothing that these libraries log go anywhere, whatever they set up for themselves later.

    A logger that has a handler gets no other from a library that looks first, as DBOS does. A disabled logger drops
    what is said to it, and as it does not propagate, what is said to those below it ends here too.
    """
    for library in libraries:
        logger = logging.getLogger(library)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.disabled = True
