"""Import a changed module in place of its file."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tests.mutation.changes import changed
from tests.paths import ROOT

if TYPE_CHECKING:
    import ast


class ChangedModule(importlib.machinery.SourceFileLoader):
    """Load a module from a changed syntax tree."""

    tree: ast.Module

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        """Compile the changed tree."""
        return compile(self.tree, self.path, "exec")


class ChangedFinder(importlib.abc.MetaPathFinder):
    """Find the changed module before the file is found."""

    def __init__(self, path: Path, number: int) -> None:
        self.name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        self.path = path
        self.tree = changed(path, number)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the changed module's loader, and nothing for every other one."""
        if fullname != self.name:
            return None
        loader = ChangedModule(fullname, str(self.path))
        loader.tree = self.tree
        return importlib.util.spec_from_loader(fullname, loader, origin=str(self.path))
