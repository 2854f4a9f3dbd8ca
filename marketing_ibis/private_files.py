"""Keep files that no other user can write, and that only this user can have written."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

CACHE, STATE = "MARKETING_IBIS_CACHE_DIR", "MARKETING_IBIS_STATE_DIR"
"""Variables that name other folders than the user's own; the first is empty where nothing is to be kept."""
SQL = "sql"
"""The kind of the files of the SQL cache."""
KEY, KEY_BYTES = "seal.key", 32
APPLICATION = "marketing_ibis"
XDG_FOLDERS = {"cache": ("XDG_CACHE_HOME", ".cache"), "state": ("XDG_STATE_HOME", ".local/state")}
"""Variables that name the user's folders on Linux, and where these are in their home without.

https://specifications.freedesktop.org/basedir-spec/latest/
"""
FOLDER_MODE, FILE_MODE = 0o700, 0o600
WRITABLE_BY_OTHERS, ACCESSIBLE_BY_OTHERS = 0o022, 0o077
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
NO_WAIT = getattr(os, "O_NONBLOCK", 0)
"""A pipe in the place of a file would block for ever."""


class NotPrivate(Exception):
    """Another user owns a file or folder, or can write it; the message says which, and why."""


MOST_BYTES = 1 << 28
"""Of a larger file nothing is read: it was not written here."""


@dataclass(frozen=True, slots=True)
class PrivateFiles:
    """Files in a folder of the user alone, each sealed with a key that lies in another folder.

    The folder may be copied from one machine to another, as caches of CI are: what was not sealed here is not read.
    """

    folder: Path
    keys: Path

    def read(self, name: str) -> bytes | None:
        """Return what was written under ``name``; nothing if there is none, or it is not what was written here.

        Raises:
            NotPrivate: another user could have written it.
            OSError: it cannot be read.
        """
        if not os.path.lexists(self.folder):
            return None
        _check_folder(self.folder)
        sealed, key = _content(self.folder / name, WRITABLE_BY_OTHERS), self._key()
        if sealed is None or key is None:
            return None
        seal, content = sealed[: hashlib.sha256().digest_size], sealed[hashlib.sha256().digest_size :]
        return content if hmac.compare_digest(seal, _seal(key, name, content)) else None

    def write(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``, whole or not at all.

        Raises:
            NotPrivate: another user could change it.
            OSError: it cannot be written.
        """
        from marketing_ibis.atomic_write import replacing  # reading does without

        _make_folder(self.folder)
        with replacing(self.folder / name, follows_link=False, is_durable=False, mode=FILE_MODE) as file:
            file.write(_seal(self._key() or self._create_key(), name, content) + content)

    def _key(self) -> bytes | None:
        if not os.path.lexists(self.keys):
            return None
        _check_folder(self.keys)
        key = _content(self.keys / KEY, ACCESSIBLE_BY_OTHERS)
        return key if key and len(key) == KEY_BYTES else None

    def _create_key(self) -> bytes:
        _make_folder(self.keys)
        import secrets  # a machine has one key

        from marketing_ibis.atomic_write import replacing

        key = secrets.token_bytes(KEY_BYTES)
        with replacing(self.keys / KEY, follows_link=False, mode=FILE_MODE) as file:
            file.write(key)
        return key


def private_files(kind: str) -> PrivateFiles | None:
    """Return the user's private files of a ``kind``; nothing where they are turned off."""
    if os.environ.get(CACHE) == "":
        return None
    cache = Path(os.environ.get(CACHE) or _user_folder("cache"))
    state = Path(os.environ.get(STATE) or _user_folder("state"))
    return PrivateFiles(cache / kind, state)


def _user_folder(kind: str) -> str:
    """Return the user's own folder of a kind, the same one as platformdirs would."""
    if sys.platform == "linux":
        # Importing platformdirs would take a tenth of the time of a command that recalls what it prints.
        variable, default = XDG_FOLDERS[kind]
        for folder in (os.environ.get(variable, ""), os.path.join(os.environ.get("HOME", ""), default)):  # noqa: PTH118
            if os.path.isabs(folder):  # noqa: PTH117
                return os.path.join(folder, APPLICATION)  # noqa: PTH118
    import platformdirs

    find = {"cache": platformdirs.user_cache_dir, "state": platformdirs.user_state_dir}[kind]
    return find(APPLICATION, appauthor=False)


def _seal(key: bytes, name: str, content: bytes) -> bytes:
    return hmac.digest(key, name.encode() + b"\x00" + content, "sha256")


def _make_folder(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(folder):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    _check_folder(folder)


def _check_folder(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotPrivate(f"{folder} is no folder")
    _check_owner(folder, status, WRITABLE_BY_OTHERS)


def _content(path: Path, forbidden_mode: int) -> bytes | None:
    """Return the content of a file of this user that is not a link; nothing if it does not exist or is too large."""
    if path.is_symlink():
        raise NotPrivate(f"{path} is a link")
    try:
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115  # Path.open has no opener
    except FileNotFoundError:
        return None
    with file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise NotPrivate(f"{path} is no file")
        _check_owner(path, status, forbidden_mode)
        return file.read() if status.st_size <= MOST_BYTES else None


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | NO_LINK | NO_WAIT)


def _check_owner(path: Path, status: os.stat_result, forbidden_mode: int) -> None:
    # Windows protects a user's folders in another way.
    if not hasattr(os, "geteuid"):
        return
    if status.st_uid != os.geteuid():
        raise NotPrivate(f"{path} belongs to another user")
    if status.st_mode & forbidden_mode:
        raise NotPrivate(f"others can {'write' if forbidden_mode == WRITABLE_BY_OTHERS else 'read'} {path}")
