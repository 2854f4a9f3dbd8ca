"""Write a file that appears whole or not at all, whatever stops the writing."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO

from marketing_ibis.errors import UsageError

ENDING = ".partial"
LEFTOVER = re.compile(r".+\.[0-9a-f]{16}\.partial")
"""Name of a file that is being written, or was when its command was killed."""
DAY = 24 * 60 * 60
"""Seconds without a change after which such a file is no longer being written."""
PERMISSIONS = 0o777
OPENING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def replacing(
    path: Path, *, follows_link: bool = True, is_durable: bool = True, mode: int | None = None
) -> Iterator[IO[bytes]]:
    """Open a temporary file next to ``path`` that replaces it at the end, or is removed on failure.

    Its name is random, and it is created exclusively, without following a link. A link at ``path`` itself keeps its
    name, and its target is replaced if ``follows_link`` is true; a pipe or a device is then written directly.
    Otherwise a link, pipe or device is itself replaced, as writing to it could block. With ``is_durable`` the content
    is on the disk before the file is replaced. Without a ``mode``, the permissions of an existing file are kept, so
    that no user gains access to it.

    Raises:
        OSError: the file cannot be written; an existing file at ``path`` is unchanged.
    """
    place = path.resolve() if follows_link else path
    earlier = _earlier(place)
    is_special = earlier is not None and not stat.S_ISREG(earlier.st_mode) and not stat.S_ISLNK(earlier.st_mode)
    if is_special and follows_link:
        with place.open("wb") as file:
            yield file
        return
    remove_leftovers(place.parent)
    partial = random_name(place)
    if mode is None and earlier is not None and stat.S_ISREG(earlier.st_mode):
        mode = earlier.st_mode & PERMISSIONS
    descriptor = os.open(partial, OPENING, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            if mode is not None:
                chmod_target = file.fileno() if os.chmod in os.supports_fd else partial
                os.chmod(chmod_target, mode)  # noqa: PTH101  # not a path
            if is_durable:
                os.fsync(file.fileno())
        partial.replace(place)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


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


def random_name(place: Path) -> Path:
    """Return an unpredictable name next to ``place`` for the file that will replace it."""
    # As secrets.token_hex, whose module imports OpenSSL: help does without.
    return place.with_name(f"{place.name}.{os.urandom(8).hex()}{ENDING}")


def earlier_names(place: Path) -> list[Path]:
    """Return the files next to ``place`` that were to replace it, of commands that were killed."""
    pattern = re.compile(rf"{re.escape(place.name)}\.[0-9a-f]{{16}}{re.escape(ENDING)}(\.wal)?")
    return [path for path in place.parent.iterdir() if pattern.fullmatch(path.name) and path.is_file()]


@lru_cache(maxsize=256)
def remove_leftovers(folder: Path) -> None:
    """Remove what commands of this user were writing in ``folder`` when they were killed, a day ago and longer."""
    with suppress(OSError), os.scandir(folder) as entries:  # writing there reports the error
        for entry in entries:
            if LEFTOVER.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                is_own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
                if is_own and status.st_mtime < time.time() - DAY:
                    Path(entry.path).unlink(missing_ok=True)


def _earlier(place: Path) -> os.stat_result | None:
    """Return the existing file at ``place``, a link as such; refuse a file that may not be written."""
    try:
        earlier = place.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(earlier.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if stat.S_ISREG(earlier.st_mode) and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    return earlier
