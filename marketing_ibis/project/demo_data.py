"""The generated source tables of a project, from the ``demo`` module of a package of models."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Collection, Mapping
from datetime import date
from types import ModuleType
from typing import TYPE_CHECKING

from marketing_ibis.errors import ConfigurationError, UsageError, nearest
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.loading import import_module, sparing_bytecode
from marketing_ibis.project.model_files import python_files
from marketing_ibis.project.settings import ProjectSettings

if TYPE_CHECKING:
    import ibis.expr.types as ir


def has_demo(project: ProjectSettings) -> bool:
    """Return whether a package of models has a ``demo`` module; imports none of them."""
    return any(
        (folder / "demo.py").is_file() or (folder / "demo" / "__init__.py").is_file() for folder in project.packages()
    )


def demo_note(project: ProjectSettings) -> str:
    """Return what the ``demo`` module has to say of its data, "" for nothing."""
    return str(getattr(_demo_module(project), "NOTE", ""))


def demo_tables(
    project: ProjectSettings,
    *,
    orders: int,
    random_seed: int,
    as_of: date,
    churn: bool = False,
    without: Collection[str] = (),
) -> Mapping[str, ir.Table]:
    """Return the tables that the first package with a ``demo`` module generates, by their names in the source schema.

    With ``churn``, its customers stop ordering after a while. Tables of optional sources that the settings leave off
    are not generated; those ``without`` rows are empty where the settings use them, so that models can still read them.

    Raises:
        ConfigurationError: no package has a ``demo`` module, or it does not generate such customers.
        UsageError: a table ``without`` rows is not one of an optional source.
    """
    demo, options = _demo_module(project), {"churn": True} if churn else {}
    if not options.keys() <= inspect.signature(demo.demo_tables).parameters.keys():
        raise ConfigurationError(
            f"--churn: demo_tables of {demo.__name__} has no parameter churn.", hint="Omit --churn."
        )
    tables: Mapping[str, ir.Table] = demo.demo_tables(orders=orders, random_seed=random_seed, as_of=as_of, **options)
    _check_without(project, without, tables)
    reword = getattr(demo, "with_words_of_rules", None)
    tables = reword(tables, project.vars) if reword and project.vars else tables
    unused = {node.table for node in project.unused_sources().values()}
    return {table: rows.limit(0) if table in without else rows for table, rows in tables.items() if table not in unused}


def _check_without(project: ProjectSettings, without: Collection[str], tables: Collection[str]) -> None:
    sources = {node.table: node for node in project.declared_nodes().values() if node.kind == "source"}
    optional = [table for table in tables if table in sources and sources[table].is_optional]
    for table in without:
        if table not in optional:
            reason = "the models need this table" if table in tables else "no such table is generated"
            raise UsageError(f"--without {table}: {reason}.", hint=nearest(table, optional) or "Omit --without.")


def _demo_module(project: ProjectSettings) -> ModuleType:
    # Finding a module imports its package.
    with sparing_bytecode(python_files(project.packages())):
        for name in project.dataflows:
            if importlib.util.find_spec(f"{name}.demo"):
                return import_module(f"{name}.demo")
    raise ConfigurationError(
        f"There is no demo data: no package in dataflows of {SETTINGS} has a demo module.",
        hint="Load your own data: seed --from DIR.",
    )
