"""Write whole files."""

from __future__ import annotations

import os
from pathlib import Path

from marketing_ibis.errors import UsageError


def write_text(path: Path, text: str) -> Path:
    """Write a whole file or none, so that a reader never sees half of one; leave a file that holds the text.

    Raises:
        UsageError: the file cannot be written.
    """
    content = text.encode()
    try:
        # Most of a project's files are the same from build to build, and reading is a hundred times as fast.
        if path.is_file() and path.read_bytes() == content:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return path
