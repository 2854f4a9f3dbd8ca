"""Run the command line as ``python -m marketing_ibis``."""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import time

HAMILTON_EXTENSIONS = "HAMILTON_AUTOLOAD_EXTENSIONS"
"""Whether Hamilton imports every data library that is installed; it reads this once, while it is imported."""
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
ALL_THREADS = "OMP_NUM_THREADS"
"""How many threads compute for NumPy and SciPy, which read these when they are loaded, the first one if both are set.

Threads wait for each other by spinning: a fit of 600 buyers took 0.7 CPU seconds with two, and takes 0.02 with one.
"""
TYPE_CHECKING = False  # importing typing would take longer than all of this module
if TYPE_CHECKING:
    from sys import UnraisableHookArgs


def entry() -> None:
    """Run one command and end the process.

    A command lives for a second and leaves nothing to tidy up: connections are closed and files written when it
    returns. Collecting its garbage, and taking the interpreter apart, would take a third of that second.
    """
    gc.disable()
    sys.unraisablehook = interrupt_again
    os.environ.setdefault(HAMILTON_EXTENSIONS, "0")
    if ALL_THREADS not in os.environ:
        os.environ.setdefault(BLAS_THREADS, "1")
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


def interrupt_again(hook_arguments: UnraisableHookArgs) -> None:
    """Deliver a Ctrl-C that Python lost, because it came while a callback ran, such as those of the import system."""
    if not issubclass(hook_arguments.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(hook_arguments)
        return

    def interrupt() -> None:
        # A moment later, so that the callback has returned.
        time.sleep(0.01)
        if sys.platform == "win32":
            _thread.interrupt_main()
        else:
            os.kill(os.getpid(), signal.SIGINT)

    _thread.start_new_thread(interrupt, ())


if __name__ == "__main__":
    entry()
