"""Put a new site in the place of the old one at once, and clear away what killed commands left of one."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from marketing_ibis.atomic_write import DAY, random_name
from marketing_ibis.docs_site import SPHINX_MARKER

MARK = ".marketing_ibis_site"
"""The first file of a folder that is to be a site, and the last one to be removed."""
WHOLE = ".marketing_ibis_site_is_whole"
"""Is there while nothing of a site is missing."""
HERE, EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE: https://man7.org/linux/man-pages/man2/rename.2.html"""


def is_site(folder: Path) -> bool:
    """Whether a folder, no link, was filled by `docs generate`, be it in part."""
    return not folder.is_symlink() and any((folder / name).is_file() for name in (MARK, SPHINX_MARKER))


@contextmanager
def replacing_site(output: Path) -> Iterator[Path]:
    """Lend a folder next to ``output`` that replaces it at the end, or is removed on failure.

    Whenever this is killed, the old or the new site is whole: under its name, or where ``restore_site`` finds it.

    Raises:
        OSError: a folder cannot be written or moved.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    restore_site(output)
    for leftover in leftovers(output):
        remove_site(leftover)
    folder = random_name(output)
    folder.mkdir()
    try:
        with _lock_folder(folder):
            yield folder
            (folder / WHOLE).touch()
            replaced = _swap(folder, output)
    except BaseException:
        if folder.exists():
            remove_site(folder)
        raise
    if replaced:
        remove_site(replaced)


def restore_site(output: Path) -> None:
    """Restore the newest complete site next to ``output``, if ``output`` does not exist."""
    if not os.path.lexists(output):
        complete_folders = [folder for folder in leftovers(output) if (folder / WHOLE).is_file()]
        if complete_folders:
            max(complete_folders, key=lambda folder: (folder / WHOLE).stat().st_mtime_ns).rename(output)


def leftovers(output: Path) -> list[Path]:
    """Return what killed commands left of a site at ``output``."""
    name = re.compile(rf"{re.escape(output.name)}\.[0-9a-f]{{16}}\.partial")
    if not output.parent.is_dir():
        return []
    candidates = (path for path in output.parent.iterdir() if name.fullmatch(path.name))
    return [path for path in candidates if path.is_dir() and _is_own(path) and not _is_in_use(path)]


def remove_site(folder: Path) -> None:
    """Remove a site so that it can be told from other folders until nothing of it is left.

    Raises:
        OSError: a file cannot be removed.
    """
    (folder / MARK).touch()
    (folder / WHOLE).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    (folder / MARK).unlink()
    folder.rmdir()


def _is_own(folder: Path) -> bool:
    # Between its making and its mark a folder is empty, as between the removal of its mark and its own.
    return not folder.is_symlink() and ((folder / MARK).is_file() or not any(folder.iterdir()))


def _swap(new: Path, output: Path) -> Path | None:
    """Give ``new`` the name of ``output`` and return where the old site is now, if there is one."""
    with suppress(OSError):
        output.rmdir()  # it may be empty
    if not output.exists():
        new.rename(output)
        return None
    if not (output / MARK).exists():
        # An earlier version made it.
        (output / MARK).touch()
        (output / WHOLE).touch()
    if _exchange(new, output):
        return new
    old_folder = random_name(output)
    output.rename(old_folder)
    new.rename(output)
    return old_folder


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders' names in one step, where the system can."""
    if sys.platform != "linux":
        return False
    import ctypes  # help does without

    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    return exchange is not None and exchange(HERE, os.fsencode(first), HERE, os.fsencode(second), EXCHANGE) == 0


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Mark a folder as one that a process is writing, as long as the process lives."""
    with (folder / MARK).open("ab") as mark:
        _lock(mark.fileno())
        yield


def _is_in_use(folder: Path) -> bool:
    try:
        with (folder / MARK).open("rb") as mark:
            return not _lock(mark.fileno())
    except FileNotFoundError:
        return False


def _lock(file: int) -> bool:
    """Lock an open file, and return whether that succeeded; the system unlocks it when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: by age
        import time

        return os.fstat(file).st_mtime < time.time() - DAY
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
