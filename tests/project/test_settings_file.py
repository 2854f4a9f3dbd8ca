"""Settings are added to pyproject.toml, and the rest of it stays as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.settings_file import SettingsTable, settings_text, write_settings

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=300), min_size=1, max_size=6)
VALUES = st.dictionaries(
    NAMES, NAMES | st.lists(NAMES, max_size=2) | st.dictionaries(NAMES, NAMES, max_size=2), max_size=3
)
TABLES: tuple[SettingsTable, ...] = (
    (("files",), {"encoding": "latin-1"}, ()),
    (("files", "orders"), {"date_format": ["%d/%m/%Y"]}, ()),
    (("sources", "raw_orders"), {"table": "s.o", "columns": {"id": "Order #"}}, ("id <- Order #: unique",)),
)
WANTED = {
    "id_type": "string",
    "files": {"encoding": "latin-1", "orders": {"date_format": ["%d/%m/%Y"]}},
    "sources": {"raw_orders": {"table": "s.o", "columns": {"id": "Order #"}}},
}


def settings_in(text: str) -> dict[str, object]:
    return tomllib.loads(text)["tool"]["marketing_ibis"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "before",
    [
        "",
        '[project]\nname = "shop" # ours\n',
        '[tool.marketing_ibis]\nname = "x"\n\n[tool.ruff]\nline-length = 100\n',
        '[tool.marketing_ibis]\nname = "x"\n\n[tool.marketing_ibis.sources.raw_customers]\ntable = "c"\n\n[tool.b]\n',
        '[tool.marketing_ibis.sources]\n\n[tool.marketing_ibis.files]\nencoding = "latin-1"\n',
    ],
)
def test_settings_are_added_to_a_file(tmp_path: Path, before: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(before, "utf-8")
    write_settings(tmp_path, {"id_type": "string"}, TABLES)
    text = path.read_text("utf-8")
    after, old = tomllib.loads(text), tomllib.loads(before)
    found = after["tool"]["marketing_ibis"]
    assert {name: found[name] for name in ("id_type", "files")} == {name: WANTED[name] for name in ("id_type", "files")}
    assert found["sources"]["raw_orders"] == WANTED["sources"]["raw_orders"]  # type: ignore[index]
    assert "# id <- Order #: unique" in text
    for name in ("project",):
        assert after.get(name) == old.get(name)
    assert {k: v for k, v in after["tool"].items() if k != "marketing_ibis"} == {
        k: v for k, v in old.get("tool", {}).items() if k != "marketing_ibis"
    }
    assert all(line in text for line in before.splitlines() if "#" in line)


def test_settings_are_shown_as_a_file_of_their_own() -> None:
    assert settings_in(settings_text({"id_type": "string"}, TABLES)) == WANTED


def test_a_setting_that_is_there_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.marketing_ibis]\nid_type = "int64"\n', "utf-8")
    with pytest.raises(ConfigurationError, match="already has id_type = 'int64', not 'string'"):
        write_settings(tmp_path, {"id_type": "string"}, ())
    path.write_text('[tool]\nmarketing_ibis = { name = "x" }\n', "utf-8")
    with pytest.raises(ConfigurationError, match="is written on one line"):
        write_settings(tmp_path, {}, TABLES)
    path.write_text("[tool", "utf-8")
    with pytest.raises(ConfigurationError, match="is not valid TOML"):
        write_settings(tmp_path, {}, ())


def test_the_same_settings_can_be_written_again(tmp_path: Path) -> None:
    write_settings(tmp_path, {"id_type": "string"}, TABLES)
    first = settings_in((tmp_path / "pyproject.toml").read_text("utf-8"))
    write_settings(tmp_path, {"id_type": "string"}, TABLES)
    assert settings_in((tmp_path / "pyproject.toml").read_text("utf-8")) == first == WANTED


@given(VALUES, VALUES)
def test_any_names_and_values_come_back(orders: dict[str, object], customers: dict[str, object]) -> None:
    tables = [(("sources", name), values, ("evidence",)) for name, values in (("a", orders), ("b.c", customers))]
    assert settings_in(settings_text({}, tables)) == {"sources": {"a": orders, "b.c": customers}}
