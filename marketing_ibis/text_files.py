"""Write whole files of text."""

from __future__ import annotations

from pathlib import Path

from marketing_ibis.atomic_write import replacing
from marketing_ibis.errors import UsageError


def write_text(path: Path, text: str) -> Path:
    """Write a file of the program's own, whole or not at all; leave one that holds the text.

    An existing link is replaced, not followed.

    Raises:
        UsageError: the file cannot be written.
    """
    return _write(path, text.encode(), "Choose another folder with --target-path.", is_own=True)


def write_output(path: Path, text: str, option: str) -> Path:
    """Write a file that the user names with ``option``, whole or not at all; a link there is followed.

    Raises:
        UsageError: the file cannot be written.
    """
    return _write(path, text.encode(), f"Choose another file with {option}.", is_own=False)


def _write(path: Path, content: bytes, hint: str, *, is_own: bool) -> Path:
    try:
        # Most of a project's files are the same from build to build, and reading is a hundred times as fast.
        if is_own and not path.is_symlink() and path.is_file() and path.read_bytes() == content:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        # They are rewritten at every build: waiting for the disk each time would take longer than the build.
        with replacing(path, follows_link=not is_own, is_durable=not is_own) as file:
            file.write(content)
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}.", hint=hint) from error
    return path
