"""Report by its size and times whether a file has changed, and by its names whether a folder has."""

from __future__ import annotations

import os

Signature = tuple[int, ...]
"""The mode, inode, size and times of a file; ``()`` for a missing file."""

BYTECODE = ".pyc"

TICK = 20_000_000
"""Nanoseconds within which two changes of a file can get the same time."""


def signature_of(path: str) -> Signature:
    """Return the mode, inode, size and times of a file, which change with its content; ``()`` for a missing file."""
    try:
        status = os.stat(path)  # noqa: PTH116  # strings are quicker
    except (OSError, ValueError):
        return ()
    return status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def names_in(path: str) -> tuple[str, ...]:
    """Return the names in a folder, with a slash after those of subfolders; ``()`` for a missing folder."""
    try:
        with os.scandir(path) as entries:
            names = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]
    except OSError:
        return ()
    return tuple(sorted(name for name in names if name != "__pycache__/"))
