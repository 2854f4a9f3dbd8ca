"""A site grows in proportion to its project: neither its size nor the work of writing it may be quadratic."""

from __future__ import annotations

import cProfile
from pathlib import Path

import pytest

from tests.invocation import invoke

SIZES = (6, 12, 24)
MOST = 2.2
"""How much more the second doubling may add than the first: 2 if all is linear, 4 if all is quadratic."""
HEAD = """
import ibis.expr.types as ir
from marketing_ibis.data_tests import not_null, unique
from marketing_ibis.model import column, model, source

def _columns():
    return column("id", "int64", "Key.", tests=(unique(), not_null())), column("n", "int64", "Number.")

@source(table="t", grain=("id",), columns=_columns())
def raw_t() -> ir.Table:
    '''Numbers.'''
"""
MODEL = """
@model(layer="marts", grain=("id",), columns=_columns())
def m{number:03}({parameters}) -> ir.Table:
    '''Numbers again.'''
    return {first}.inner_join({last}, "id").select("id", n={first}.n)
"""


def project(folder: Path, models: int) -> Path:
    """Write a project whose models read up to three of those before them."""
    flows = folder / f"flows_{models}"
    flows.mkdir(parents=True)
    text = HEAD
    for number in range(models):
        parents = [f"m{number - step:03}" for step in (1, 3, 5) if number >= step] or ["raw_t"]
        parameters = ", ".join(f"{parent}: ir.Table" for parent in parents)
        last = parents[-1] if len(parents) > 1 else f"{parents[0]}.select('id')"
        text += MODEL.format(number=number, parameters=parameters, first=parents[0], last=last)
    (flows / "__init__.py").write_text(text, "utf-8")
    (folder / "pyproject.toml").write_text(f'[tool.marketing_ibis]\ndataflows = ["{flows.name}"]\n')
    return folder


def measured(folder: Path, models: int) -> tuple[int, int]:
    """Return the function calls of `docs generate`, and the bytes of the site without the parts that every site has."""
    root = project(folder / str(models), models)
    profile = cProfile.Profile()
    profile.runcall(invoke, "docs", "generate", "--project-dir", str(root), "--target-path", str(root / "target"))
    calls = sum(entry.callcount for entry in profile.getstats())
    site = root / "target" / "site"
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file() and "_static" not in path.parts)
    assert len(list((site / "models").glob("*.html"))) == models + 1
    return calls, size


@pytest.mark.usefixtures("own_modules")
def test_twice_the_models_make_twice_the_site(tmp_path: Path) -> None:
    # Values that are computed once for all sites do not count for the first one.
    measured(tmp_path / "first", 3)
    found = [measured(tmp_path, size) for size in SIZES]
    for what, (few, some, many) in zip(("calls", "bytes"), zip(*found, strict=True), strict=True):
        growth = (many - some) / (some - few)
        assert growth < MOST, f"{what} of {SIZES} models: {few:,}, {some:,}, {many:,}"
