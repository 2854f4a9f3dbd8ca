"""Run the command line as ``python -m marketing_ibis``."""

from __future__ import annotations

import gc
import os
import sys

HAMILTON_EXTENSIONS = "HAMILTON_AUTOLOAD_EXTENSIONS"
"""Whether Hamilton imports every data library that is installed; it reads this once, while it is imported."""


def entry() -> None:
    """Run one command and end the process.

    A command lives for a second and leaves nothing to tidy up: connections are closed and files written when it
    returns. Collecting its garbage, and taking the interpreter apart, would take a third of that second.
    """
    gc.disable()
    os.environ.setdefault(HAMILTON_EXTENSIONS, "0")
    status = 0
    try:
        from marketing_ibis.cli import main

        main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        # Before the command line is there to tell it; the code is that of a process that SIGINT ends.
        status = 130
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = status or 1
    os._exit(status)


if __name__ == "__main__":
    entry()
