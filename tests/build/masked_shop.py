"""A shop with masked views: its settings, and what to do with it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.project.project_key import KEY_VARIABLE, derived_key
from tests.invocation import invoke
from tests.shop import AS_OF, Shop, make_shop

KEY = "0123456789abcdef0123456789abcdef"
MASKED = "dbt_marketing_masked"
NULL = """
[tool.marketing_ibis.pii]
raw_sales = ["id"]

[tool.marketing_ibis.personal_data]
masked_schema = "{model_schema}_masked"
masked_roles = ["role analyst"]
"""
HASH = NULL + '\n[tool.marketing_ibis.personal_data.hashed]\nraw_sales = ["id"]\n'


def masked_shop(folder: Path, monkeypatch: pytest.MonkeyPatch, settings: str = HASH, **changes: str) -> Shop:
    """Make the shop in ``folder``, from where commands find it and its key."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.chdir(folder)
    return make_shop(folder, settings=settings, **changes)


def run(*arguments: str, code: int = 0) -> str:
    """Run a command on the shop's database; no output has the project's key or that of the hashes."""
    key = derived_key(KEY.encode(), "masked personal data")
    output = invoke(*arguments, "--as-of", str(AS_OF), "--database", "warehouse.duckdb", code=code, secret=KEY).output
    assert key not in output
    return output


def rows(shop: Shop, relation: str) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return target.query(f"SELECT * FROM {relation} ORDER BY ALL")


def rewrite(shop: Shop, settings: str) -> None:
    file = shop.root / "pyproject.toml"
    head, _, _ = file.read_text().partition("\n[tool.marketing_ibis.pii]")
    file.write_text(head + "\n" + dedent(settings))


def masked_names(shop: Shop, schema: str = MASKED) -> set[str]:
    with shop.open() as target:
        return {name for name, kind in target.relations(schema).items() if kind == "view"}
