"""The SQL that the pages give for Redshift passes the gate."""

from __future__ import annotations

import re

import pytest

from marketing_ibis.engines.redshift import gate
from tests.paths import ROOT

BLOCK = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
OTHER_ENGINES = {"postgres.md", "ga4.md"}
"""Pages whose SQL is another engine's."""


def statements_of(text: str) -> list[str]:
    return [statement for block in BLOCK.findall(text) for statement in re.split(r";\s*(?:\n|\Z)", block) if statement]


PAGES = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "docs").rglob("*.md")} | {
    "README.md": ROOT / "README.md"
}
STATEMENTS = [
    (page, statement)
    for page, path in sorted(PAGES.items())
    if path.name not in OTHER_ENGINES
    for statement in statements_of(path.read_text("utf-8"))
]


@pytest.mark.parametrize(("page", "statement"), STATEMENTS)
def test_a_statement_of_the_pages_passes(page: str, statement: str) -> None:
    assert gate.check(statement) == (), page


def test_statements_are_read_from_pages() -> None:
    assert any("marketing_ibis_lock" in statement for _, statement in STATEMENTS)
    assert any(statement.startswith("GRANT ") for _, statement in STATEMENTS)
    text = "```sql\nSELECT 1;\nSELECT 'a;b'\nFROM t;\n```\n```python\n1;\n```\n"
    assert statements_of(text) == ["SELECT 1", "SELECT 'a;b'\nFROM t"]
