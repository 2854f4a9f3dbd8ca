"""Let Ibis find the Redshift compiler by name, from the moment its own compilers are imported.

`ibis.to_sql(expr, dialect="redshift")` looks among the modules of `ibis.backends.sql.compilers` and asks no entry
point, so a line in `marketing_ibis.pth` imports this module when Python starts. It costs about a millisecond
and imports nothing until someone asks for the dialect.

A command needs one of the twenty compilers that Ibis imports together: `load_lazily` has each wait to be asked for.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing typing would be most of the cost
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

COMPILERS = "ibis.backends.sql.compilers"


class CompilersFinder:
    """Find Ibis' compilers as they are, and add to them what they are asked for in vain."""

    loads_lazily = False

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec of Ibis' compilers with one step more after loading, and nothing for other modules."""
        if name != COMPILERS:
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(cls)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_extend(module: ModuleType) -> None:
                if not cls.loads_lazily:
                    load(module)
                module.__getattr__ = compiler_or_nothing  # type: ignore[method-assign]

            spec.loader.exec_module = load_and_extend  # type: ignore[method-assign]
        return spec


def compiler_or_nothing(name: str) -> Any:
    """Return the module or class of a compiler; raise AttributeError for any other name.

    Ibis calls the class of the module `bigquery` `BigQueryCompiler`, and so with all.
    """
    from importlib import import_module

    if name == "redshift":
        return import_module("marketing_ibis.engines.redshift.compiler")
    place = f"{COMPILERS}.{name.removesuffix('Compiler').lower()}"
    try:
        found = None if name.startswith("_") else import_module(place)
    except ModuleNotFoundError as error:
        # A compiler may itself need what is not installed.
        if error.name != place:
            raise
        found = None
    compiler = found if name.islower() else getattr(found, name, None)
    if compiler is None:
        raise AttributeError(f"module {COMPILERS!r} has no attribute {name!r}")
    return compiler


def install() -> None:
    """Add the dialect now when Ibis is loaded already, otherwise as soon as it is."""
    compilers = sys.modules.get(COMPILERS)
    if compilers is not None:
        compilers.__getattr__ = compiler_or_nothing  # type: ignore[method-assign]
    elif CompilersFinder not in sys.meta_path:
        sys.meta_path.insert(0, CompilersFinder)


def load_lazily() -> None:
    """Have each of Ibis' compilers imported when it is first asked for, unless all of them are already."""
    CompilersFinder.loads_lazily = True


install()
