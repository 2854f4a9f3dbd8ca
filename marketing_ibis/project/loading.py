"""Find a project's packages of models and import all of their files."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from marketing_ibis.errors import CompileError, ConfigurationError, MarketingIbisError, nearest
from marketing_ibis.model.validation import place_of, unknown_keyword
from marketing_ibis.project.model_files import python_files

EXAMPLE, EXAMPLE_DOCSTRING = "dataflows", "Business definitions"
"""The package of models that comes with this one, and how its docstring begins."""
SETTING = "[tool.marketing_ibis] dataflows"
NEW_SECONDS = 2.0
"""Age of a file up to which its next change may have the same time in whole seconds: bytecode notes no other."""


def find_packages(root: Path, names: Sequence[str]) -> dict[Path, str]:
    """Return the folders of the packages called ``names``, or the files of modules, without importing them.

    Raises:
        ConfigurationError: a package cannot be found.
    """
    _make_importable(root, names)
    return {place: name for name in names for place in package_places(name)}


def check_example(root: Path, packages: Mapping[Path, str]) -> None:
    """Stop where the default package of models is another project's of the same name.

    Raises:
        ConfigurationError: naming where it is and how to go on.
    """
    for place, name in packages.items():
        head = place / "__init__.py"
        is_example = head.is_file() and EXAMPLE_DOCSTRING in head.read_text("utf-8", "replace")
        if name == EXAMPLE and not is_example and not place.is_relative_to(root):
            raise ConfigurationError(
                f"The package {name} at {place} is not the one that comes with marketing_ibis.",
                hint="Name your own models in pyproject.toml: dataflows = [...] in [tool.marketing_ibis]. Or take the "
                f"other package away (pip uninstall {name}) and install marketing-ibis again.",
            )


def import_packages(root: Path, names: Sequence[str]) -> list[ModuleType]:
    """Import every file that ``discover`` reads of these packages: a folder needs no ``__init__.py``.

    Raises:
        ConfigurationError: a package cannot be found.
        CompileError: a file raises an exception.
    """
    return import_needed(root, names)[0]


def import_needed(
    root: Path, names: Sequence[str], needed: Collection[Path] | None = None
) -> tuple[list[ModuleType], dict[Path, CompileError]]:
    """Import what ``import_packages`` does, and return the errors of files that are not ``needed``, by absolute path.

    Without ``needed`` all of them are.

    Raises:
        ConfigurationError: a package cannot be found.
        CompileError: a package itself, or a needed file, raises an exception.
    """
    packages = find_packages(root, names)
    files = [(package, _modules(place, package)) for place, package in packages.items()]
    modules: dict[str, ModuleType] = {}
    failures: dict[Path, CompileError] = {}
    # A module may import one of a package whose turn comes later.
    with sparing_bytecode(file for _, of_package in files for file in of_package.values()):
        for package, of_package in files:
            modules[package] = import_module(package)
            for module, file in of_package.items():
                try:
                    modules[module] = import_module(module)
                except CompileError as error:
                    if needed is None or file in needed:
                        raise
                    failures[file] = error
    return list(modules.values()), failures


@contextmanager
def sparing_bytecode(files: Iterable[Path]) -> Iterator[None]:
    """Have Python write no bytecode inside if one of the ``files`` has just changed.

    An edit of the same second and length would go unnoticed later.
    """
    from marketing_ibis.project.observing import without_bytecode  # what is recalled imports no project

    since = time.time() - NEW_SECONDS
    with without_bytecode(any(_modified(file) > since for file in files)):
        yield


def _modified(file: Path) -> float:
    try:
        return os.stat(file).st_mtime  # noqa: PTH116  # quicker
    except OSError:
        return time.time()


def import_module(name: str) -> ModuleType:
    """Import a module of the project.

    Raises:
        CompileError: it raises an exception.
    """
    try:
        return importlib.import_module(name)
    except MarketingIbisError as error:
        # A declaration with an invalid argument: name its line.
        place = place_of(error)
        raise CompileError(f"{place}: {error.message}" if place else error.message, hint=error.hint) from error
    except (Exception, SystemExit) as error:  # the module is the user's own code: report whatever it raises
        place = place_of(error)
        problem = _explain_unknown_keyword(error)
        if problem:
            raise CompileError(f"{place}: {problem[0]}", hint=problem[1]) from error
        raise CompileError(
            f"Module {name} cannot be imported: {type(error).__name__}: {error}.", hint=f"See {place}." if place else ""
        ) from error


def _explain_unknown_keyword(error: BaseException) -> tuple[str, str] | None:
    """Return what to print of a declaration with a misspelled keyword, and the nearest keyword that exists."""
    unknown = unknown_keyword(error)
    if unknown is None:
        return None
    import marketing_ibis.model as declarations  # imports ibis, which finding packages does not need

    function, keyword = unknown
    decorator = getattr(declarations, function, None)
    if decorator is None:
        return None
    keywords = [name for name in inspect.signature(decorator).parameters if name not in ("test", "find")]
    call = "a data test" if function == "DataTest" else f"{function}(...)"
    return f"{call} has no keyword {keyword}=.", nearest(keyword, keywords)


def _modules(place: Path, package: str) -> dict[str, Path]:
    """Return the files of a package by the names of their modules."""
    files: dict[str, Path] = {}
    for file in python_files([] if place.is_file() else [place]):
        *folders, stem = file.relative_to(place.absolute()).with_suffix("").parts
        parts = folders if stem == "__init__" else [*folders, stem]
        # No import statement names a file with a further dot.
        if not any("." in part for part in parts):
            files[".".join([package, *parts])] = file
    return files


def _make_importable(root: Path, names: Sequence[str]) -> None:
    # A user's dataflow is next to its pyproject.toml and need not be installed; it wins over an installed one.
    is_local = any((root / name.partition(".")[0]).is_dir() for name in names)
    if is_local and str(root) not in sys.path:
        sys.path.insert(0, str(root))


def package_places(name: str) -> list[Path]:
    """Return the folders of a package, or the file of a module, without importing it.

    Raises:
        ConfigurationError: it cannot be found.
    """
    try:
        spec = _find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise ConfigurationError(
            f"{SETTING} names {name}, which cannot be imported.",
            hint="It must be a package next to pyproject.toml, or an installed one.",
        )
    if spec.submodule_search_locations:
        return [Path(location) for location in spec.submodule_search_locations]
    return [Path(spec.origin)] if spec.origin else []


def _find_spec(name: str) -> ModuleSpec | None:
    if "." not in name:
        return importlib.util.find_spec(name)
    from marketing_ibis.project.observing import without_bytecode  # what is recalled imports no project

    # The package around it is imported, and may have just changed.
    with without_bytecode():
        return importlib.util.find_spec(name)
