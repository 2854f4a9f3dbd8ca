"""Import modules that name others in annotations only, without loading those others."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


class Deferred(ModuleType):
    """Stands for a module: its members are placeholders while it ``waits``, then those of the module itself."""

    waits = True

    def __getattr__(self, name: str) -> object:
        if not self.waits:
            return getattr(import_module(self.__name__), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} is not loaded and has no {name}")
        return sys.modules.get(f"{self.__name__}.{name}") or type(name, (Placeholder,), {})


class Placeholder:
    """Stands for a class in an annotation that was made before its module was loaded."""


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Let what is imported within take stand-ins for the modules ``names``; each loads when it is first used after.

    Each parent package that is imported from must be named too. There are no stand-ins where one of the modules is
    loaded already, nor beside other threads, which would take them for the modules.
    """
    if threading.active_count() > 1 or any(name in sys.modules for name in names):
        yield
        return
    standing = {name: Deferred(name) for name in names}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            module.waits = False
            if sys.modules.get(name) is module:
                del sys.modules[name]
