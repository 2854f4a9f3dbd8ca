"""Compare what importing the files of a project declares with what reading them does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import ModuleType

from marketing_ibis.errors import CompileError
from marketing_ibis.project.static_parsing import Node


def check_consistent(nodes: Mapping[str, Node], modules: Iterable[ModuleType], unread: Collection[str]) -> None:
    """Stop where importing the files gives other models and sources than reading them, ``unread`` ones aside.

    Raises:
        CompileError: naming the model or source.
    """
    # It imports ibis, which listing does not need.
    from marketing_ibis.project.adapters import declared_functions

    imported = {name: module.__name__ for module in modules for name in declared_functions(module)}
    for name, module in imported.items():
        if name not in nodes:
            raise CompileError(
                f"{module}: {name} is a model or source, but parsing the file does not find it.",
                hint="Use the decorator by the name model or source, above a function at the top level of the file.",
            )
    for name, node in nodes.items():
        if node.kind != "exposure" and name not in imported and name not in unread:
            raise CompileError(
                f"{node.path}:{node.line}: {name} is declared as a {node.kind}, but importing the file defines none.",
                hint="Use the decorator of marketing_ibis.model, and make sure that the names of its file and folders"
                " have no dot.",
            )
