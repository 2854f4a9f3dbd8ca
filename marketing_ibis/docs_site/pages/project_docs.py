"""Copy the pages that a project wrote itself: those under docs/, and those that they link to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from marketing_ibis.guide import DOCS

ROOT_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
"""Pages next to docs/ that belong to it, in the order of the menu."""
HEADS = ("index.md", "README.md")
"""What the first page of a folder may be called."""
LINK = re.compile(r"\]\(<?([^)>#?\s]+\.md)\b")
TOCTREE = re.compile(r"^(```|:::)+\{toctree\}", re.M)


def copy_pages(root: Path, folder: Path) -> tuple[str, ...]:
    """Copy a project's own pages into ``folder`` and return the entries of the menu; none without docs/.

    A page stays at its place, so that links between pages lead to the same ones there. Each folder under docs/ becomes
    one entry with its pages below, in the order in which the folder's first page names them.
    """
    if not (root / DOCS).is_dir():
        return ()
    docs = folder / DOCS
    shutil.copytree(root / DOCS, docs, ignore=shutil.ignore_patterns("_*", ".*"))
    root_pages = _copy_linked(root, folder)
    head = _head(docs)
    if head and TOCTREE.search(head.read_text("utf-8")):
        entries = [head]
    else:
        sections = [_section(path) for path in sorted(docs.iterdir()) if path.is_dir() and any(path.rglob("*.md"))]
        entries = [head] if head else []
        entries += _ordered(head, [path for path in docs.glob("*.md") if path != head] + sections)
    return tuple(_entry(path.relative_to(folder).with_suffix("").as_posix()) for path in (*entries, *root_pages))


def _entry(page: str) -> str:
    """Return a page's line in the menu: its own title, but a README's is the project's, as that of the site."""
    return f"Read me <{page}>" if page == "README" else page


def _copy_linked(root: Path, folder: Path) -> list[Path]:
    """Copy the pages next to docs/, and every page of the project that a copied one leads to; return the first ones."""
    root_pages = [root / name for name in ROOT_PAGES if (root / name).is_file()]
    queue = [*root_pages, *(root / copy.relative_to(folder) for copy in (folder / DOCS).rglob("*.md"))]
    while queue:
        page = queue.pop()
        copy = folder / page.relative_to(root)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, copy)
        queue += [link for link in _linked_pages(page, root) if not (folder / link.relative_to(root)).exists()]
    return [folder / page.relative_to(root) for page in root_pages]


def _linked_pages(page: Path, root: Path) -> Iterator[Path]:
    for link in LINK.findall(page.read_text("utf-8")):
        target = (page.parent / link).resolve()
        if target.is_relative_to(root.resolve()) and target.is_file():
            yield root / target.relative_to(root.resolve())


def _section(folder: Path) -> Path:
    """Return the first page of a folder, written where there is none, with a menu of the others."""
    head = _head(folder)
    if head is None:
        head = folder / HEADS[0]
        head.write_text(f"# {folder.name.replace('-', ' ').replace('_', ' ').capitalize()}\n", "utf-8")
        is_visible = True
    else:
        is_visible = False
    text = head.read_text("utf-8")
    if not TOCTREE.search(text):
        pages = _ordered(head, (path for path in folder.rglob("*.md") if path != head))
        names = [path.relative_to(folder).with_suffix("").as_posix() for path in pages]
        menu = ["", "```{toctree}", *([] if is_visible else [":hidden:"]), "", *names, "```", ""]
        head.write_text(text + "\n".join(menu), "utf-8")
    return head


def _head(folder: Path) -> Path | None:
    return next((folder / name for name in HEADS if (folder / name).is_file()), None)


def _ordered(head: Path | None, pages: Iterable[Path]) -> list[Path]:
    """Return ``pages`` in the order in which ``head`` leads to them, then by name."""
    links = LINK.findall(head.read_text("utf-8")) if head else []
    targets = [(head.parent / link).resolve() for link in links] if head else []

    def place(page: Path) -> int:
        # A folder appears where one of its pages is named first.
        inside = page.parent.resolve() if page.name in HEADS else page.resolve()
        return next((number for number, target in enumerate(targets) if target.is_relative_to(inside)), len(targets))

    return sorted(pages, key=lambda page: (place(page), page.as_posix()))
