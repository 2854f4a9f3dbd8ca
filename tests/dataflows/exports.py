"""A project in a folder with files to seed from, and what its commands leave there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


def write_project(folder: Path, settings: str, files: Mapping[str, str]) -> None:
    """Write the settings of a project, and the source files by the names of their tables."""
    (folder / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}", "utf-8")
    (folder / "exports").mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / "exports" / f"{name}.csv").write_text(content, "utf-8")


def rows(folder: Path, select: str) -> list[tuple[object, ...]]:
    """Return the rows of a query over the warehouse of a project."""
    with duckdb.connect(str(folder / "target" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(select).fetchall()


def spaced(text: str) -> str:
    """Return the words of a string with one space between them, wherever its lines break."""
    return " ".join(text.split()).replace("\N{NO-BREAK SPACE}", " ")
