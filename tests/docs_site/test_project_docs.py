"""A project's own pages: their addresses, and their order in the menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.docs_site.pages.project_docs import copy_pages


def write(root: Path, **pages: str) -> None:
    for name, text in pages.items():
        path = root / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def test_without_docs_there_are_none(root: Path, site: Path) -> None:
    write(root, README="# Mine")
    assert copy_pages(root, site) == ()
    assert not list(site.iterdir())


def test_pages_come_as_the_first_one_names_them(root: Path, site: Path) -> None:
    write(
        root,
        README="# Mine",
        docs__index="[b](b.md), [how](how-to/second.md), [a](a.md)",
        docs__a="# A",
        docs__b="# B",
        docs__left="# Left",
        **{
            "docs__how-to__README": "[2](second.md) [1](first.md)",
            "docs__how-to__first": "#",
            "docs__how-to__second": "#",
        },
    )
    menu = copy_pages(root, site)
    assert menu == ("docs/index", "docs/b", "docs/how-to/README", "docs/a", "docs/left", "Read me <README>")
    assert (site / "docs" / "how-to" / "README.md").read_text().endswith(":hidden:\n\nsecond\nfirst\n```\n")
    assert "toctree" not in (root / "docs" / "how-to" / "README.md").read_text()


def test_a_folder_without_a_first_page_gets_one(root: Path, site: Path) -> None:
    write(root, docs__how_to__deep__page="# Page")
    assert copy_pages(root, site) == ("docs/how_to/index",)
    assert (site / "docs" / "how_to" / "index.md").read_text() == "# How to\n\n```{toctree}\n\ndeep/page\n```\n"


def test_a_menu_of_its_own_is_left_as_it_is(root: Path, site: Path) -> None:
    own = "# Docs\n\n```{toctree}\npage\n```\n"
    write(root, docs__index=own, docs__page="# Page", docs__more__page="# More")
    assert copy_pages(root, site) == ("docs/index",)
    assert (site / "docs" / "index.md").read_text() == own


def test_pages_that_are_led_to_come_along_and_nothing_from_outside(root: Path, site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret")
    write(
        root,
        docs__a="[x](../bench/x.md) [out](../../secret.md)",
        bench__x="[y](<y.md#part>)",
        bench__y="#",
        bench__z="#",
    )
    copy_pages(root, site)
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.md"))
    assert found == ["bench/x.md", "bench/y.md", "docs/a.md"]


def test_drafts_and_hidden_files_stay(root: Path, site: Path) -> None:
    write(root, docs__a="# A", docs___draft="# Draft", **{"docs__.hidden": "# Hidden"})
    assert copy_pages(root, site) == ("docs/a",)
    assert not (site / "docs" / "_draft.md").exists()
