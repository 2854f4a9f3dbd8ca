"""Messages about the mapping of a source name the line of the setting."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.project.setting_lines import add_places, setting_lines
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS, call, mapped
from tests.shop import AS_OF, make_shop

TEXT = '''\
# A comment
[project]
name = "shop"

[tool.marketing_ibis]
dataflows = [
    "shop",  # with a comment
]
note = """
[tool.marketing_ibis.sources.not_a_table]
"""

[tool.marketing_ibis.sources.raw_orders]
table = "web.orders"
columns = { id = "number", "user_id" = { column = "customer" } }
[tool.marketing_ibis.sources.raw_orders.types]
"number" = "string"
[tool.marketing_ibis.targets.prod.sources.raw_orders]
table = "live.orders"
'''
PLACE = "[tool.marketing_ibis] sources.raw_orders"


@pytest.mark.parametrize(
    ("setting", "lines"),
    [
        ("sources.raw_orders.columns.id", "15"),
        ("sources.raw_orders.columns.user_id.column", "15"),
        ("sources.raw_orders.types.number", "17"),
        ("sources.raw_orders.types.other", "16"),
        ("sources.raw_orders.where", "13 or 18"),
        ("sources.raw_orders.table", "14 or 19"),
        ("targets.prod.sources.raw_orders.table", "19"),
        ("sources.not_a_table.where", ""),
    ],
)
def test_a_setting_has_a_line(setting: str, lines: str) -> None:
    text = add_places(f"[tool.marketing_ibis] {setting} is wrong.", setting_lines(TEXT), "pyproject.toml")
    prefix = f"pyproject.toml:{lines}: " if lines else ""
    assert text == f"{prefix}[tool.marketing_ibis] {setting} is wrong."


def test_a_setting_within_a_sentence_is_followed_by_its_line() -> None:
    text = add_places(f"Set types under {PLACE}.types. See {PLACE}.columns.", setting_lines(TEXT), "pyproject.toml")
    assert text == f"Set types under {PLACE}.types (pyproject.toml:16). See {PLACE}.columns (pyproject.toml:15)."


KEYS = st.text("ab.-_ é\"'#[]=", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.text("a\n#[]\"'=é ", max_size=8) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(document=st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), max_size=4))
def test_every_key_is_found_on_a_line_that_begins_it(document: dict[str, Any]) -> None:
    """The lines before it have no such key, and with those up to the next key they have."""
    text = "# head\n\n" + tomlkit.dumps(document)
    lines = setting_lines(text)
    rows = text.splitlines(keepends=True)
    for path, number in lines.items():
        assert contains(tomllib.loads(text), path)
        assert not contains(tomllib.loads("".join(rows[: number - 1])), path)
    assert {(name,) for name in document} <= lines.keys()


def contains(value: Any, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        return any(contains(each, path) for each in value)
    return isinstance(value, dict) and path[0] in value and contains(value[path[0]], path[1:])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [('"dollars"', '"euros"', 9), ('id = "number"', 'ids = "number"', 8), ("raw_sales]", "raw_sale]", 6)],
)
def test_mistakes_in_the_settings_have_a_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    with pytest.raises(MarketingIbisError) as raised:
        make_shop(tmp_path, settings=SETTINGS.replace(old, new, 1), **FILES).project.compile(AS_OF)
    assert raised.value.message.startswith(f"pyproject.toml:{line}: [tool.marketing_ibis] sources.raw_sale")


def test_mistakes_in_the_table_name_the_line_of_the_mapping(tmp_path: Path) -> None:
    shop = mapped(tmp_path, orders=ORDERS.replace("AS number", "AS numbr"))
    output = call(shop, "run", "--database", str(shop.database), code=1)
    expected = "Did you mean numbr? See [tool.marketing_ibis] sources.raw_sales (pyproject.toml:6)."
    assert expected in " ".join(output.split())
