"""Run the command line as ``python -m marketing_ibis``."""

from __future__ import annotations

import gc
import os
import sys


def entry() -> None:
    """Run one command and end the process.

    A command lives for a second and leaves nothing to tidy up: connections are closed and files written when it
    returns. Collecting its garbage, and taking the interpreter apart, would take a third of that second.
    """
    gc.disable()
    from marketing_ibis.cli import main

    status = 0
    try:
        main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = status or 1
    os._exit(status)


if __name__ == "__main__":
    entry()
