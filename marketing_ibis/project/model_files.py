"""List the files of a project's packages that declare models, and those of its report."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from marketing_ibis.errors import ConfigurationError

REPORT = "report"
"""The module of a package of models that holds the sections of its report, as ``demo`` holds its generated data."""


def python_files(packages: Sequence[Path]) -> tuple[Path, ...]:
    """Return the absolute paths of the files in ``packages``, in order, each once.

    Raises:
        ConfigurationError: a package is missing.
    """
    files: dict[Path, None] = {}
    for package in packages:
        if not package.exists():
            raise ConfigurationError(
                f"The dataflow '{package}' does not exist.",
                hint="Name a folder of model files in [tool.marketing_ibis] of pyproject.toml.",
            )
        # One package may hold another: a file counts once.
        files |= dict.fromkeys(map(_absolute, _files_in(package)))
    return tuple(files)


def _files_in(package: Path) -> list[Path]:
    if package.is_file():
        return [package]
    # Editors and notebooks keep copies of a file in hidden folders.
    files = {file for file in package.rglob("*.py") if not _is_hidden(file.relative_to(package))}
    # What draws the report is imported when a report is drawn, and declares no model.
    return sorted(files.difference(report_files(package)))


def report_files(package: Path) -> tuple[Path, ...]:
    """Return the files of the report that a package of models declares, none where it declares none.

    It is declared by ``REPORT = ...`` in the package's module ``report``; any other module of that name holds models.
    """
    for module in (package / REPORT / "__init__.py", package / f"{REPORT}.py"):
        if module.is_file() and _declares_report(module.read_bytes()):
            return tuple(module.parent.rglob("*.py")) if module.stem == "__init__" else (module,)
    return ()


@lru_cache(maxsize=64)
def _declares_report(content: bytes) -> bool:
    try:
        statements = ast.parse(content).body
    except (SyntaxError, ValueError):  # reading it for models reports that
        return False
    return any("REPORT" in constants_of(statement) for statement in statements)


def _is_hidden(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts)


def _absolute(path: Path) -> Path:
    # Not resolve(): a link keeps the place that its reader sees.
    return Path(os.path.abspath(path))  # noqa: PTH100


def display_path(file: Path, root: Path | None) -> str:
    """Return a file's path relative to ``root``, with forward slashes; outside of it the whole path."""
    base = _absolute(root) if root else None
    return (file.relative_to(base) if base and file.is_relative_to(base) else file).as_posix()


def place_in_package(file: Path, packages: Sequence[Path]) -> str:
    """Return an installed file's path from the folder that its package is in."""
    homes = [package.parent for package in map(_absolute, packages) if file.is_relative_to(package)]
    return file.relative_to(homes[0]).as_posix() if homes else ""


def constants_of(statement: ast.stmt) -> dict[str, ast.expr]:
    """Return the names that a statement assigns, with their expressions."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            return {target.id: value for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return {name: value}
    return {}
