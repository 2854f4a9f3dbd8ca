"""Write whole files of text."""

from __future__ import annotations

from pathlib import Path

from marketing_ibis.atomic_write import replacing
from marketing_ibis.errors import UsageError


def write_text(path: Path, text: str) -> Path:
    """Write a file of the program's own, whole or not at all; leave one that holds the text.

    A link that stands there is replaced, not followed.

    Raises:
        UsageError: the file cannot be written.
    """
    content = text.encode()
    try:
        # Most of a project's files are the same from build to build, and reading is a hundred times as fast.
        if not path.is_symlink() and path.is_file() and path.read_bytes() == content:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        # They are written anew at every build: waiting for the disk each time would take longer than the build.
        with replacing(path, follows_link=False, is_durable=False) as file:
            file.write(content)
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return path


def write_output(path: Path, text: str, option: str) -> Path:
    """Write a file that the user names with ``option``, whole or not at all; a link there is followed.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise UsageError(
            f"Cannot write {path}: {error.strerror}.", hint=f"Choose another file with {option}."
        ) from error
    return path
