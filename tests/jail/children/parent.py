"""A parent of a busy worker and of a zygote with a busy child: tells their process groups and waits to be killed."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.jail.lies import soon, worker, zygote


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
    jail, forking = worker("hang"), zygote("hang_after_answer")
    jail.send(1, b"hello")
    forking.begin(soon())
    forking.send(1, b"hello")
    forking.receive({1: 9})
    print(jail.nursery.pid, forking.pid, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
