"""Find everything that a compiled project depends on, so that an unchanged project need not be compiled again."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from io import FileIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import marketing_ibis
from marketing_ibis.project.file_signatures import BYTECODE, TICK, Signature, names_in, signature_of

# What is recalled was observed before.
if TYPE_CHECKING:
    from marketing_ibis.project.observing import Observation

PACKAGE = Path(marketing_ibis.__file__).parent
VOLATILE = frozenset(
    {
        "_",
        "COLUMNS",
        "INVOCATION_ID",
        "JOURNAL_STREAM",
        "LINES",
        "OLDPWD",
        "PWD",
        "PYTEST_CURRENT_TEST",
        "SHLVL",
        "SSH_AUTH_SOCK",
        "SSH_CLIENT",
        "SSH_CONNECTION",
        "SSH_TTY",
        "STY",
        "SYSTEMD_EXEC_PID",
        "TERM",
        "TERM_SESSION_ID",
        "TMUX",
        "TMUX_PANE",
        "WINDOWID",
        "XDG_SESSION_ID",
    }
)
"""Variables of the shell, which do not change what a project means unless its code reads variables."""

MODULE_ENDINGS = (".py", ".pyc", ".pyd", ".so", "/")
"""The endings of the names on the path that an import statement can find."""

LIBRARY_FOLDERS = ("site-packages", "dist-packages", "lib-dynload")
"""The names of the folders of installed libraries, and of Python's own modules in C."""

MAIN = frozenset({"__main__", "__mp_main__"})
"""Names of the program itself, which starts this package."""

BYTECODE_FOLDER, PATH_FILES = "__pycache__", ".pth"
PACKAGE_FILES = ("__init__.py", "__init__.pyc", *(f"__init__{suffix}" for suffix in EXTENSION_SUFFIXES))
"""What makes a folder a package, which an import finds before a module of its name."""

SMALL = 1 << 20
"""Bytes up to which a file is read at once."""
NULL, DEVICES = "/dev/null", ("/dev/", "/proc/", "/sys/")
NOTHING = ""

LONGEST_START = 10.0
"""Seconds that the start of a process takes at most, where the system does not say when it started."""


class NotCacheable(Exception):
    """The inputs of a result are unknown; the message says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the inputs of a project are.

    ``packages`` have its models, and ``files`` its settings. ``outputs`` are what a command writes:
    their names in a folder do not count. ``ignored`` are folders and files that change no result, such as caches.
    """

    packages: tuple[str, ...]
    files: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()
    ignored: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a result depends on: digests of ``files`` and of the names in ``folders``, by path.

    Files of ``libraries`` are many and large: of these there is one digest of their sizes and times. This package is in
    the digest of the environment. ``variables`` is the digest of all environment variables, if the project reads any.
    """

    files: Mapping[str, str]
    folders: Mapping[str, str]
    libraries: tuple[str, ...]
    libraries_digest: str
    variables: str

    def are_unchanged(self, scope: Scope) -> bool:
        """Return whether everything is as it was."""
        outputs, places = _absolute_paths(scope.outputs), _Places()
        return (
            all(content_digest(path, places) == digest for path, digest in self.files.items())
            and all(_names_digest(path, outputs) == digest for path, digest in self.folders.items())
            and _libraries_digest(self.libraries) == self.libraries_digest
            and self.variables in (NOTHING, _variables_digest(()))
        )


def is_imported(packages: Collection[str]) -> bool:
    """Return whether a module of a project is imported already, so that its inputs can no longer be observed."""
    return bool(_project_modules(packages, frozenset(sys.modules)))


def find_inputs(observation: Observation, scope: Scope) -> Inputs:
    """Return what a result depends on that was computed during an observation.

    Raises:
        NotCacheable: that cannot be known, or something has changed in the meantime.
    """
    from marketing_ibis.project.pure_code import inspect_code  # what is recalled was inspected before

    if observation.reasons:
        raise NotCacheable(observation.reasons[0])
    modules = _project_modules(scope.packages, observation.earlier_modules)
    for name in modules:
        if name in observation.earlier_modules:
            raise NotCacheable(f"{name} was imported before")
    report = inspect_code(modules)
    if report.reasons:
        raise NotCacheable(report.reasons[0])
    module_files = {_file(module) for module in modules.values()}
    imported_folders = (folder for module in modules.values() for folder in _folders(module))
    package_folders = tuple(folder + os.sep for folder in (*imported_folders, *_read_folders(scope.packages)))
    ignored = tuple(path + os.sep for path in (*_absolute_paths(scope.ignored), NULL))
    around_ignored = {os.path.dirname(path.rstrip(os.sep)) for path in ignored}  # noqa: PTH120  # strings are quicker

    def is_own(path: str) -> bool:
        place = path + os.sep
        return (place.startswith(package_folders) or not _is_library(place)) and not place.startswith(ignored)

    own_files = {*module_files, *filter(is_own, observation.files)}
    observed = (path for path in observation.files if not path.endswith(BYTECODE))
    files_at_start = map(_file, MODULES_AT_START)
    libraries = sorted({*filter(_is_library, (*observed, *_loaded_files())), *files_at_start} - {*own_files, NOTHING})
    folders = [path for path in observation.folders if is_own(path) and path not in around_ignored]
    files = {path: _unchanged_digest(path, observation) for path in sorted(own_files)}
    _check_unchanged(folders, libraries, observation)
    outputs = _absolute_paths(scope.outputs)
    names = {path: _names_digest(path, outputs) for path in sorted(folders)}
    variables = _variables_digest(()) if report.reads_environment else NOTHING
    others = tuple(path for path in libraries if not path.startswith(f"{PACKAGE}{os.sep}"))
    return Inputs(files, names, others, _libraries_digest(others), variables)


def _check_unchanged(folders: Iterable[str], libraries: Iterable[str], observation: Observation) -> None:
    for path in folders:
        if observation.folders[path] != names_in(path):
            raise NotCacheable(f"the files in {path} have changed")
    for path in libraries:
        if (signature := signature_of(path)) and signature[-1] > _process_start():
            raise NotCacheable(f"{path} has changed")


def _unchanged_digest(path: str, observation: Observation) -> str:
    """Return the digest of a file that has the content with which it was read."""
    if path not in observation.files:
        raise NotCacheable(f"{path} was read before")
    if path.startswith(DEVICES):
        raise NotCacheable(f"{path} is a device")
    digest = content_digest(path)
    if not observation.is_unchanged(path):
        raise NotCacheable(f"{path} has changed")
    return digest


def _project_modules(packages: Collection[str], earlier: Collection[str]) -> dict[str, ModuleType]:
    """Return the modules of a project, by name: those of its packages, and others that it imported.

    Those of installed libraries and of this package are not among them.
    """
    heads = {package.partition(".")[0] for package in packages} - {PACKAGE.name}
    return {
        name: module
        for name, module in list(sys.modules.items())
        if (file := _file(module))
        and name not in MAIN
        and not file.startswith(f"{PACKAGE}{os.sep}")
        and (name.partition(".")[0] in heads or (name not in earlier and not _is_library(file)))
    }


@cache
def _process_start() -> int:
    """Return when this process started: what has not changed since is what it has loaded."""
    age = LONGEST_START
    with suppress(OSError, ValueError, AttributeError):
        # Only Linux reports it, in clock ticks since the machine was started.
        ticks = int(Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time_ns() - int(age * 1e9) - TICK


def _loaded_files() -> Iterator[str]:
    return filter(None, map(_file, list(sys.modules.values())))


def _folders(module: ModuleType) -> Iterator[str]:
    """Yield the folders of a package; nothing for a module that is a file."""
    folders: Iterable[str] = getattr(module, "__path__", ())
    return (os.path.abspath(folder) for folder in folders)  # noqa: PTH100


def _read_folders(packages: Iterable[str]) -> Iterator[str]:
    """Yield the folders of packages, also of those that were read and not imported: models may be installed, too."""
    from marketing_ibis.project.loading import package_places  # what is recalled was found before

    for name in packages:
        yield from (os.path.abspath(place) for place in package_places(name))  # noqa: PTH100


def _file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return os.path.abspath(file) if isinstance(file, str) else ""  # noqa: PTH100


def _is_library(path: str) -> bool:
    return path.startswith(_library_folders())


@cache
def _library_folders() -> tuple[str, ...]:
    # sysconfig knows them, too, and takes longer to import than all the rest.
    standard = os.path.dirname(os.__file__)  # noqa: PTH120
    folders = [standard, *(path for path in sys.path if os.path.basename(path) in LIBRARY_FOLDERS)]  # noqa: PTH119
    return tuple(os.path.abspath(path) + os.sep for path in (*folders, str(PACKAGE)))  # noqa: PTH100


def _absolute_paths(paths: Iterable[Path]) -> frozenset[str]:
    return frozenset(os.path.abspath(path) for path in paths)  # noqa: PTH100


class _Places(dict[str, str]):
    """Where the links of each folder lead, which is looked up once for all of its files."""

    def __missing__(self, folder: str) -> str:
        self[folder] = place = os.path.realpath(folder)
        return place

    def of_file(self, path: str) -> str:
        """Resolve the links of a path."""
        if os.path.islink(path):  # noqa: PTH114
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        return os.path.join(self[folder], name)  # noqa: PTH118


def content_digest(path: str, places: _Places | None = None) -> str:
    """Return the digest of a file's content and of where links lead; the error's name if it cannot be read."""
    try:
        status = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(status.st_mode):
            # A pipe would block.
            return str(stat.S_IFMT(status.st_mode))
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            content = _sha256(file, status.st_size)
        place = (_Places() if places is None else places).of_file(path)
    except (OSError, ValueError) as error:
        return type(error).__name__
    return hashlib.sha256(os.fsencode(place) + b"\x00" + content).hexdigest()


def _sha256(file: FileIO, size: int) -> bytes:
    # For a small file, file_digest spends most of its time on a buffer.
    return (hashlib.sha256(file.read()) if size < SMALL else hashlib.file_digest(file, "sha256")).digest()


def _names_digest(path: str, outputs: Collection[str]) -> str:
    names = [name for name in names_in(path) if os.path.join(path, name.rstrip("/")) not in outputs]  # noqa: PTH118
    return _digest(names)


def _libraries_digest(paths: Iterable[str]) -> str:
    return _numbers_digest([signature_of(path) for path in paths])


def _numbers_digest(parts: Any) -> str:
    # Writing thousands of numbers in decimal takes longer than finding them out; version 2 has no references.
    return hashlib.sha256(marshal.dumps(parts, 2)).hexdigest()


def environment_digest(root: Path, scope: Scope) -> str:
    """Return the digest of what a project in ``root`` depends on in any case: Python, packages, variables, folders."""
    # The root is put on the path when packages are looked for.
    places = dict.fromkeys(os.path.abspath(place) for place in (str(root), *sys.path))  # noqa: PTH100
    outputs = _absolute_paths(scope.outputs)
    importable = [(place, _importable_names(place, outputs)) for place in places]
    switches = (sys.flags, sys.warnoptions, sorted(sys._xoptions.items()), sys.pycache_prefix)
    interpreter = (sys.version, sys.prefix, switches, str(Path.cwd()))
    # Libraries take the current day for what a time of day lacks.
    clock = (time.tzname, signature_of("/etc/localtime"), str(date.today()))
    return _digest((interpreter, clock, importable, _package_digest(), _variables_digest(VOLATILE)))


def _importable_names(place: str, outputs: Collection[str]) -> object:
    if not os.path.isdir(place):  # noqa: PTH112
        return signature_of(place)
    names = names_in(place)
    if _is_library(place + os.sep):
        started = [content_digest(f"{place}/{name}") for name in names if name.endswith(PATH_FILES)]
        return names, _packages(place, names), started
    importable = [
        name
        for name in names
        if name.endswith(MODULE_ENDINGS)
        and name.rstrip("/").partition(".")[0].isidentifier()
        and os.path.join(place, name.rstrip("/")) not in outputs  # noqa: PTH118
    ]
    return importable, _packages(place, importable)


def _packages(place: str, names: Iterable[str]) -> list[str]:
    """Return which of the folders are packages; an import finds only what is called like a variable."""
    folders = (name for name in names if name.endswith("/") and name[:-1].isidentifier())
    return [name for name in folders if any(os.path.exists(f"{place}/{name}{file}") for file in PACKAGE_FILES)]  # noqa: PTH110


def _variables_digest(without: Collection[str]) -> str:
    return _digest(sorted((name, value) for name, value in os.environ.items() if name not in without))


@cache
def _package_digest() -> str:
    """Return the digest of the sizes and times of this package's files."""
    return _numbers_digest(sorted(_signatures(str(PACKAGE))))


def _signatures(folder: str) -> Iterator[tuple[str, Signature]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.path, signature_of(entry.path)
            elif entry.name != BYTECODE_FOLDER:
                yield from _signatures(entry.path)


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


MODULES_AT_START = tuple(sys.modules.values())
"""What was imported before any project, wherever it is: Python runs files of its user whenever it starts."""
