"""Observe what Python reads, so that a later command can check whether it would read the same again."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from marketing_ibis.project.file_signatures import BYTECODE, TICK, Signature, names_in, signature_of

if TYPE_CHECKING:
    import logging

HARMLESS = frozenset(
    {
        "array.__new__",
        "builtins.id",
        "code.__new__",
        "compile",
        "function.__new__",
        "glob.glob",
        "glob.glob/2",
        "import",
        "marshal.dumps",
        "marshal.load",
        "marshal.loads",
        "object.__delattr__",
        "object.__getattr__",
        "object.__setattr__",
        "os.chmod",
        "os.mkdir",
        "os.putenv",
        "os.remove",
        "os.unsetenv",
        "os.utime",
        "pathlib.Path.glob",
        "pathlib.Path.rglob",
        "sys._getframe",
        "sys._getframemodulename",
        "sys.addaudithook",
        "sys.unraisablehook",
        "time.sleep",
    }
)
"""Audit events that reveal no input of a result: whatever is read is reported by an event of its own."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was when first opened. It ``is_settled`` if its next change is certain to get a different time."""

    signature: Signature
    is_settled: bool


@dataclass(slots=True)
class Observation:
    """The ``files`` that were opened and the names in the ``folders`` that were listed, by absolute path.

    ``bytecode`` is what was written of a source that was read, with its signature before it got its name. ``reasons``
    are events whose effect a later command could not check. ``earlier_modules`` were imported before.
    """

    files: dict[str, FileRead] = field(default_factory=dict)
    bytecode: dict[str, Signature] = field(default_factory=dict)
    folders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    earlier_modules: frozenset[str] = field(default_factory=lambda: frozenset(sys.modules))

    def add_file(self, path: str) -> None:
        """Record that a file is read, whether or not it exists."""
        if path not in self.files:
            signature = signature_of(path)
            self.files[path] = FileRead(signature, not signature or time.time_ns() - signature[-1] > TICK)

    def is_unchanged(self, path: str) -> bool:
        """Return whether a file is as it was when first read, or the bytecode that was written since."""
        first_read, now = self.files[path], signature_of(path)
        if path in self.bytecode:
            # Another name is another time of the last change, the last part.
            return now[:-1] == self.bytecode[path][:-1]
        return first_read.is_settled and first_read.signature == now

    def add_folder(self, path: str) -> None:
        """Record that a folder is listed."""
        if path not in self.folders:
            self.folders[path] = names_in(path)


_observation: Observation | None = None
_own_work = threading.local()


@contextmanager
def observing() -> Iterator[Observation]:
    """Yield a record of what is read inside the block, by any thread; it grows until the block ends.

    Raises:
        RuntimeError: another observation is running, which would miss what happens inside the block.
    """
    global _observation
    if _observation is not None:
        raise RuntimeError("another observation is running")
    import logging  # a command that recalls its result observes nothing
    import warnings

    _install_hook()
    _observation = observation = Observation()
    make_record, show_warning = logging.getLogRecordFactory(), warnings.showwarning

    def noted_record(name: str, level: int, *arguments: object, **keywords: object) -> logging.LogRecord:
        if level >= logging.WARNING:
            observation.reasons.append(f"{name} logged something")
        return make_record(name, level, *arguments, **keywords)

    def note_warning(*arguments: object, **keywords: object) -> None:
        observation.reasons.append("there was a warning")
        show_warning(*arguments, **keywords)  # type: ignore[arg-type]

    logging.setLogRecordFactory(noted_record)
    warnings.showwarning = note_warning
    try:
        yield observation
    finally:
        _observation = None
        logging.setLogRecordFactory(make_record)
        warnings.showwarning = show_warning


@contextmanager
def without_bytecode(when: bool = True) -> Iterator[None]:
    """Have Python write no bytecode of what is imported or read inside, if the condition holds."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = before or when
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def note_unseen(reason: str) -> None:
    """Record that the result depends on more than files, such as the content of a database."""
    if _observation is not None:
        _observation.reasons.append(reason)


@cache
def _install_hook() -> None:
    # Python cannot remove an audit hook; this one does nothing while nothing is observed.
    sys.addaudithook(_observe)


def _observe(event: str, arguments: tuple[object, ...]) -> None:
    observation = _observation
    if observation is None or event in HARMLESS or getattr(_own_work, "is_running", False):
        return
    # Files that the observation itself reads are not recorded.
    _own_work.is_running = True
    try:
        observe = EVENTS.get(event)
        if observe is None:
            observation.reasons.append(f"Python reported {event}")
        else:
            observe(observation, arguments)
    except Exception as error:  # an exception would be raised in the observed code
        observation.reasons.append(f"{event} was not understood: {type(error).__name__}")
    finally:
        _own_work.is_running = False


def _observe_open(observation: Observation, arguments: tuple[object, ...]) -> None:
    place, _mode, flags = arguments
    is_read = not isinstance(flags, int) or flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
    if is_read:
        path = _absolute(place)
        observation.add_file(path)
        # Bytecode is used if it was compiled from the source as it is; some is used in any case.
        observation.add_file(_source(path))


def _observe_exec(observation: Observation, arguments: tuple[object, ...]) -> None:
    code = arguments[0]
    if isinstance(code, CodeType) and os.path.isabs(code.co_filename):  # noqa: PTH117
        observation.add_file(code.co_filename)


def _observe_list(observation: Observation, arguments: tuple[object, ...]) -> None:
    observation.add_folder(_absolute("." if arguments[0] is None else arguments[0]))


def _observe_rename(observation: Observation, arguments: tuple[object, ...]) -> None:
    # Python writes bytecode under another name first.
    draft, name, *_ = arguments
    path = _absolute(name)
    if path.endswith(BYTECODE):
        observation.bytecode[path] = signature_of(_absolute(draft))


def _observe_dlopen(observation: Observation, arguments: tuple[object, ...]) -> None:
    # ctypes opens the running program when it is imported.
    if arguments[0] is not None:
        observation.reasons.append("a native library was loaded")


EVENTS: Mapping[str, Callable[[Observation, tuple[object, ...]], None]] = {
    "open": _observe_open,
    "exec": _observe_exec,
    "os.listdir": _observe_list,
    "os.scandir": _observe_list,
    "os.rename": _observe_rename,
    "ctypes.dlopen": _observe_dlopen,
}
"""How each event is recorded. Any other event that is not harmless is a reason to keep nothing."""


def _absolute(place: object) -> str:
    """Return the absolute path of a file, so that a command in another working directory finds the same one."""
    if not isinstance(place, str | bytes | os.PathLike):
        raise TypeError(place)
    path = os.fsdecode(place)
    if os.pardir in path and os.pardir in Path(path).parts:
        # The part before .. may be a link, and its parent a different folder from the one that is written.
        return os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118
    return os.path.abspath(path)  # noqa: PTH100


def _source(path: str) -> str:
    """Return the source of a bytecode file: Python uses the bytecode only if it was compiled from that source."""
    if not path.endswith(BYTECODE):
        return path
    try:
        return source_from_cache(path)
    except ValueError:
        return path
