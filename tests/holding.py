"""Another process that has a DuckDB file open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLD = """
import duckdb, sys
held = duckdb.connect(sys.argv[1], read_only=bool(sys.argv[2]))
print("open", flush=True)
input()
"""


@contextmanager
def held(file: Path, *, read_only: bool = False) -> Iterator[int]:
    """Yield the id of a process that has ``file`` open until the end."""
    command = [sys.executable, "-c", HOLD, str(file), "yes" if read_only else ""]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"open"
        yield holder.pid
    finally:
        holder.communicate(b"\n")
