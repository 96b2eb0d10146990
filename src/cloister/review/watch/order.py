"""What is asked of a world: one start of a tool, with its document and how it shall go."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field

from cloister.model import Plain

INPUT, OUTPUT = "{input}", "{output}"


@dataclass(frozen=True, slots=True)
class Order:
    """One start. `{input}` and `{output}` inside the words of `argv` become the paths of the two files.

    The tool is killed at `kill_after` seconds if it still runs then, and given up at `seconds`. Where `kill_with` is
    another signal than SIGKILL, it has some seconds to answer it first. `planted` is handed through to what was seen.
    """

    case: str
    argv: tuple[str, ...]
    data: Plain
    input_name: str
    output_name: str
    kill_after: float | None = None
    kill_with: signal.Signals = signal.SIGKILL
    seconds: float = 120
    traced: bool = True
    planted: dict[str, str] = field(default_factory=dict)
