"""What is claimed of a tool, each with the questions that it answers. A review has a finding for every one of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause that holds or does not. `asked` are the ids of the reviewer's questions."""

    id: str
    says: str
    asked: tuple[str, ...]


COMMAND = (
    Claim("nothing-kept", "After a run nothing of the document is left but the output.", ("D2", "R1", "L2", "T3")),
    Claim("nothing-kept-after-failure", "After a run that failed nothing of the document is left.", ("R6", "O1")),
    Claim("nothing-kept-after-kill", "After a run that was killed nothing of the document is left.", ("U5", "R6")),
    Claim("nothing-written-beside", "While it runs, it writes to no file but the output.", ("D1", "D2", "U2")),
    Claim("nothing-sent", "It opens no connection, sends no packet, and asks for no name.", ("D1", "P4", "U1")),
    Claim("log-clean", "Nothing of the document stands in what it logs: standard error, files, syslog.", ("L1", "L4")),
    Claim("error-clean", "Nothing of the document stands in its error messages.", ("L1", "O1")),
    Claim("private-files", "No other user of the machine may read a file that it makes.", ("A1", "H4")),
    Claim(
        "failures-told",
        "What cannot be read ends with an exit code and a message, never an empty success.",
        ("H1", "O1"),
    ),
    Claim("same-output", "The same input gives the same output.", ("H2", "O2")),
    Claim("runs-apart", "Runs at the same time know nothing of each other.", ("A2", "O2")),
    Claim("ends", "When it is done no process of it stays.", ("T3",)),
    Claim("input-untouched", "The input is as it was.", ("D1",)),
    Claim("reads", "It reads what the policy's documents look like, as well as asked.", ("T2", "O7")),
)
"""For a command-line tool."""
