"""Every settings key has a sentence in the code, on the site and in docs/reference/settings.md.

The page is generated from the code: `pytest tests/docs_site/test_settings_reference.py --update-golden`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from marketing_ibis.cli.reference import settings_tables
from marketing_ibis.docs_site.pages import SettingsTable
from marketing_ibis.project.field_sentences import field_sentences
from marketing_ibis.project.settings import ProjectSettings
from tests.paths import ROOT
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

PAGE = ROOT / "docs" / "reference" / "settings.md"
HEAD = """# Settings

Every key of `[tool.marketing_ibis]` in `pyproject.toml`, with its default. [Configuration](../configuration.md) has
examples; the documentation site shows the current values of a project.

"""


@cache
def tables() -> tuple[SettingsTable, ...]:
    project = ProjectSettings(ROOT)
    return settings_tables(compiled_dataflow(GOLDEN_AS_OF).inputs, project.nodes(), project)


def page() -> str:
    text = HEAD
    for table in tables():
        name = "" if table.name == "Project" else f".{table.name}"
        users = f"\n\nUsed by {', '.join(f'`{model}`' for model in table.models)}." if table.models else ""
        text += f"## `[tool.marketing_ibis{name}]`{users}\n\n| key | default | meaning |\n|---|---|---|\n"
        rows = (f"| `{key.key}` | `{key.default}` | {key.description} |" for key in table.settings)
        text += "\n".join(rows) + "\n\n"
    return text.rstrip("\n") + "\n"


def test_every_key_has_a_sentence() -> None:
    keys = {f"{table.name}.{key.key}": key.description for table in tables() for key in table.settings}
    assert len(keys) > 80
    assert not [key for key, sentence in keys.items() if not (sentence.endswith(".") and sentence[0].isupper())]


def test_the_page_of_the_settings_is_what_the_code_says(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), "pytest tests/docs_site/test_settings_reference.py --update-golden"


@dataclass(frozen=True)
class Limits:
    """Limits."""

    most: int = 3
    """The highest number
    that counts."""
    least: int = 1


def test_a_field_without_a_sentence_has_none() -> None:
    assert field_sentences(Limits) == {"most": "The highest number\nthat counts."}
    assert field_sentences(int) == {}
