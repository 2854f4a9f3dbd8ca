"""Run a dataflow's nodes with Hamilton, each once and after what it depends on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hamilton import driver
from hamilton.lifecycle import NodeExecutionMethod

from marketing_ibis.errors import CompileError
from marketing_ibis.project.adapters import has_adapter, order_overrides

RunNode = Callable[[str, Callable[..., Any], Mapping[str, Any]], Any]
"""Takes a node's name, its function and the function's arguments; returns what downstream nodes get."""


def execute(
    modules: Sequence[ModuleType],
    run_node: RunNode,
    names: Collection[str],
    inputs: Mapping[str, object],
    missing: Iterable[str],
) -> driver.Driver:
    """Run the nodes ``names`` of some modules, with nothing in place of the ``missing``; return Hamilton's driver.

    Raises:
        CompileError: Hamilton cannot read the modules.
    """
    with _errors_reported_once():
        hamilton = _driver(modules, _Adapter(run_node))
        hamilton.execute(list(names), inputs=dict(inputs), overrides=dict.fromkeys(missing))
    return hamilton


@dataclass(eq=False)
class _Adapter(NodeExecutionMethod):  # type: ignore[misc]  # Hamilton ships no types
    """Pass each node to ``run_node``."""

    run_node: RunNode

    def run_to_execute_node(
        self, *, node_name: str, node_callable: Callable[..., Any], node_kwargs: dict[str, Any], **_: Any
    ) -> Any:
        return self.run_node(node_name, node_callable, node_kwargs)


@contextmanager
def _errors_reported_once() -> Iterator[None]:
    """Keep Python from printing what Hamilton logs about an error that this package reports.

    An application that has configured logging still receives those records.
    """
    logger, null_handler = logging.getLogger("hamilton"), logging.NullHandler()
    logger.addHandler(null_handler)
    try:
        yield
    finally:
        logger.removeHandler(null_handler)


def _driver(modules: Sequence[ModuleType], adapter: _Adapter) -> driver.Driver:
    try:
        builder = driver.Builder().with_modules(*order_overrides(modules)).with_adapters(adapter)
        return (builder.allow_module_overrides() if any(map(has_adapter, modules)) else builder).build()
    except Exception as error:  # Hamilton has no exceptions of its own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CompileError(
            f"Hamilton cannot read the models: {reason}", hint="Every parameter and result of a model is an ir.Table."
        ) from error
