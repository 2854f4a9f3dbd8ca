"""Files for language models: the form of llms.txt, links that lead somewhere, nothing lost."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.outputs.description import site_files
from marketing_ibis.outputs.description.markdown import _lowered
from marketing_ibis.outputs.description.records import ColumnEntry
from tests.outputs.description.described import own_description
from tests.paths import ROOT

LINK = re.compile(r"\]\(<?([^)>\s]+)")
ITEM = re.compile(r"- \[[^\]]+\]\([^)\s]+\)(: .+)?")


@cache
def files() -> dict[str, str]:
    return site_files(own_description(), ROOT, "models")


def sections(text: str) -> dict[str, list[str]]:
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return {head: part.strip().split("\n") for head, part in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_index_has_the_form_of_llms_txt() -> None:
    text = files()["llms.txt"]
    title, _, summary, _, *_ = text.split("\n")
    assert re.fullmatch(r"# .+", title)
    assert summary.startswith("> ")
    assert len(re.findall(r"^# ", text, flags=re.M)) == 1
    assert not re.search(r"^###", text, flags=re.M)
    lists = sections(text)
    assert list(lists) == ["Tables", "Definitions", "Uses", "Documents", "Optional"]
    for lines in lists.values():
        assert all(ITEM.fullmatch(line) for line in lines), lines


def test_every_table_is_linked_once() -> None:
    lists = sections(files()["llms.txt"])
    names = [re.match(r"- \[(\w+)\]", line)[1] for head in ("Tables", "Optional") for line in lists[head]]
    assert sorted(names) == [relation.name for relation in own_description().relations]
    for sentence in own_description().conventions:
        assert f"- {sentence}\n" in files()["llms.txt"]
        assert f"- {sentence}\n" in files()["llms-full.txt"]


@pytest.mark.parametrize("name", [name for name in files() if name.endswith((".md", ".txt"))])
def test_every_link_leads_to_a_file_or_a_page(name: str) -> None:
    for link in LINK.findall(files()[name]):
        path, _, _ = link.partition("#")
        if not path or re.match(r"[a-z]+:", path):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        is_page = target.endswith(".html") and (ROOT / f"{target.removesuffix('.html')}.md").is_file()
        assert target in files() or is_page or (ROOT / target).exists(), f"{name} leads to {link}"


def test_a_table_has_its_columns_joins_settings_and_warnings() -> None:
    text = files()["models/customer_segmentation.html.md"]
    assert "| first_name | string, may be NULL, personal data |" in text
    assert "| total_revenue | decimal(18, 2), in dollars | Payments of successful orders. |" in text.replace(
        "18, 2) in", "18, 2), in"
    )
    assert "- customer_id = stg_customers.customer_id (one to one)" in text
    assert "- Personal data: first_name, last_name." in text
    assert "- `rfm_rules.score_groups = 5`: The number of scores that each metric is divided into." in text
    assert "- Definitions: [customer_segmentation](../docs/metrics/customer_segmentation.html.md)" in text


def test_the_whole_has_every_table_and_definition() -> None:
    text = files()["llms-full.txt"]
    for relation in own_description().relations:
        assert f"\n## {relation.name}\n" in text
    for page in (page for relation in own_description().relations for page in relation.pages):
        assert f"\n## {page.title}\n" in text


@given(st.text(alphabet="ab|\n `", max_size=12))
@settings(max_examples=25)
def test_a_description_stays_in_its_cell(text: str) -> None:
    column = ColumnEntry("x", "int64", "", nullable=False, personal_data=False, is_key=False, description=text)
    table = replace(own_description().only({"shop_days"}).relations[0], columns=(column,), pages=())
    page = site_files(replace(own_description(), relations=(table,)), Path(), "models")["models/shop_days.html.md"]
    (row,) = [line for line in page.split("\n") if line.startswith("| x |")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_code_keeps_its_number_signs() -> None:
    lines = ["# Title", "```toml", "# a remark", "```", "## Part"]
    assert list(_lowered(lines, 1)) == ["## Title", "```toml", "# a remark", "```", "### Part"]


def test_a_project_without_anything_has_files_too() -> None:
    description = replace(own_description().only(()), settings=())
    texts = site_files(description, ROOT, "models")
    assert "No audience is declared." in texts["audiences.html.md"]
    assert "No dashboard or campaign is declared." in texts["exposures.html.md"]
    assert list(sections(texts["llms.txt"])) == ["Uses", "Documents"]
