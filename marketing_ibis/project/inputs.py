"""Know every file that a compiled project depends on, so that an unchanged project need not be compiled again."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import marketing_ibis

PACKAGE = Path(marketing_ibis.__file__).parent
VOLATILE = frozenset({"_", "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL", "TERM", "PYTEST_CURRENT_TEST"})
"""Variables that say how a shell is used, and not what a project means."""
_opened: set[str] | None = None


@contextmanager
def recording_files() -> Iterator[set[str]]:
    """Yield the set of files that are opened inside, which grows: models may read any file."""
    global _opened
    _install_hook()
    _opened = files = set[str]()
    try:
        yield files
    finally:
        _opened = None


@cache
def _install_hook() -> None:
    # Python has no way to remove it; without a set to fill it does nothing.
    sys.addaudithook(_record)


def _record(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened.add(arguments[0])


def input_digests(opened: Iterable[str], packages: Iterable[str], outputs: Iterable[Path]) -> dict[str, str]:
    """Return the digest of each file that a project consists of or has read, and of the folders of its modules.

    Files of Python and of installed packages are not among them, except for ``packages``, nor those under ``outputs``.
    """
    skipped = tuple(os.path.abspath(path) + os.sep for path in (*_library_folders(), *outputs))  # noqa: PTH100
    paths = {os.path.abspath(path) for path in (*opened, *_module_files())}  # noqa: PTH100
    files = {path for path in paths if not path.startswith(skipped) and not path.endswith(".pyc") and _is_file(path)}
    files |= {os.path.abspath(path) for package in packages for path in _module_files(package)}  # noqa: PTH100
    folders = {os.path.dirname(path) for path in files if path.endswith(".py")}  # noqa: PTH120  # strings are quicker
    return {path: content_digest(path) for path in sorted(files | folders)}


def _module_files(package: str = "") -> Iterator[str]:
    """Yield the files of the modules that are imported, or of those of a package."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and (not package or name == package or name.startswith(f"{package}.")):
            yield file


def _library_folders() -> Iterable[str | Path]:
    places = sysconfig.get_paths()
    return (PACKAGE, "/dev", "/proc", "/sys", *(places[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")))


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113


def content_digest(path: str) -> str:
    """Return the digest of a file's content, or of the modules and folders in a folder; "" where there is neither."""
    try:
        if os.path.isdir(path):  # noqa: PTH112
            entries = sorted(entry.name for entry in os.scandir(path) if entry.name.endswith(".py") or entry.is_dir())
            content = "\x00".join(name for name in entries if name != "__pycache__").encode()
        else:
            content = Path(path).read_bytes()
    except OSError:
        return ""
    return hashlib.sha256(content).hexdigest()


def environment_digest() -> str:
    """Return the digest of what any project depends on: this package, the installed ones, Python, the environment."""
    variables: Mapping[str, str] = {name: value for name, value in os.environ.items() if name not in VOLATILE}
    return hashlib.sha256(repr((sys.version, _packages(), sorted(variables.items()))).encode()).hexdigest()


@cache
def _packages() -> tuple[object, ...]:
    """Return the versions of installed packages, and the size and time of each file of this one."""
    versions = sorted(name for name in os.listdir(sysconfig.get_paths()["purelib"]) if name.endswith(".dist-info"))  # noqa: PTH208
    status = {str(file): file.stat() for file in PACKAGE.rglob("*.py")}
    return versions, sorted((name, part.st_mtime_ns, part.st_size) for name, part in status.items())
