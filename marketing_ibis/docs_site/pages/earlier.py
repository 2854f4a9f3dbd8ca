"""Keep what Sphinx knows of a site for the next command, so that only pages that changed are built again.

It lies in the user's private files: reading Sphinx' pickles runs code. Of the site itself only files that are unchanged
since they were written are reused.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from marketing_ibis.docs_site import EXTRA, HOME
from marketing_ibis.private_files import NotPrivate, PrivateFiles

RECORD = "record.json"
MOST_SITES = 16
"""How many sites are remembered: those of last use."""
EXCERPTS = "_static/excerpts.js"
REUSED = ("searchindex.js", ".buildinfo", EXCERPTS)
"""What is reused of a site in addition to its pages."""
LIBRARIES = ("sphinx", "furo", "myst-parser", "docutils")
MENU = re.compile(r"^#+ .*$|^```\{toctree\}.*?^```$", re.M | re.S)
"""What the menu of every page is made of: headings, and lists of pages."""
WARNED = re.compile(r"^(.+?)\.md(?::\d+)?: WARNING: ")


@dataclass(frozen=True, slots=True)
class Record:
    """An earlier build: digests of what all of its pages show, of where names lead, and of its files.

    ``warned`` are the pages that Sphinx warned of: they are read again, so that the next command hears of it too.
    """

    menu: str
    links: str
    files: Mapping[str, str]
    warned: tuple[str, ...] = ()


def site_name(output: Path) -> str:
    """Return under which name a site is kept."""
    return f"{hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:32]}.site"


def menu_digest(source: Path, title: str) -> str:
    """Return what identifies all that every page shows: if it changes, all of them are built again."""
    digest = hashlib.sha256("\x00".join((title, *map(version, LIBRARIES))).encode())
    for file in sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in (".py", ".css", ".js")):
        digest.update(file.read_bytes())
    for page in project_pages(source):
        digest.update(page.encode())
        for part in MENU.findall((source / f"{page}.md").read_text("utf-8")):
            digest.update(part.encode())
    return digest.hexdigest()


def project_pages(source: Path) -> list[str]:
    """Return the pages of a site but those of its tables."""
    return sorted(page for page in all_pages(source) if not page.startswith(f"{HOME}/"))


def all_pages(source: Path) -> list[str]:
    """Return the pages of a site: files that it has as they are may be Markdown, too, and are not read."""
    files = (path.relative_to(source) for path in source.rglob("*.md"))
    return [path.with_suffix("").as_posix() for path in files if path.parts[0] != EXTRA]


def read_earlier(files: PrivateFiles | None, output: Path, doctrees: Path) -> Record | None:
    """Return the record of the earlier build of ``output``, and unpack what Sphinx knew; nothing if there is none."""
    with suppress(NotPrivate, OSError):
        content = files.read(site_name(output)) if files else None
        if content:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                fields = json.loads(archive.read(RECORD))
                archive.extractall(doctrees, [name for name in archive.namelist() if name != RECORD])
            return Record(**fields | {"warned": tuple(fields["warned"])})
    # Without it all pages are built.
    return None


def save_build(files: PrivateFiles | None, output: Path, doctrees: Path, record: Record) -> None:
    """Keep a build for the next command; nothing where the user has no folder to keep it in."""
    if files is None:
        return
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(RECORD, json.dumps(asdict(record)))
        for path in sorted(doctrees.rglob("*")):
            archive.write(path, path.relative_to(doctrees).as_posix())
    # A full disk or a home that cannot be written slows the next command down, and stops none.
    with suppress(NotPrivate, OSError):
        files.write(site_name(output), content.getvalue())
        sites = sorted(files.folder.glob("*.site"), key=lambda path: path.lstat().st_mtime, reverse=True)
        for path in sites[MOST_SITES:]:
            path.unlink(missing_ok=True)


def is_unchanged(record: Record, site: Path) -> bool:
    """Whether what all pages go into is as it was written: without the old index, search would find new pages alone."""
    return all(_digest(site / name) == record.files.get(name, "") != "" for name in REUSED)


def copy_unchanged(record: Record, old: Path, new: Path, pages: Iterable[str]) -> None:
    """Copy those files of the old site that are as they were written, with their times: the pages that still exist.

    Raises:
        OSError: a file cannot be copied.
    """
    page_files = {f"{page}.html" for page in pages}
    for name, digest in record.files.items():
        if (name in REUSED or name in page_files) and _digest(old / name) == digest:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old / name, new / name)


def file_digests(site: Path) -> dict[str, str]:
    """Return the digests of the files that the next build may reuse."""
    paths = [*site.rglob("*.html"), *(site / name for name in REUSED)]
    return {path.relative_to(site).as_posix(): _digest(path) for path in sorted(paths)}


def _digest(path: Path) -> str:
    """Return what identifies a file's content; nothing for a link, or where there is none."""
    return "" if path.is_symlink() or not path.is_file() else hashlib.sha256(path.read_bytes()).hexdigest()


def warned_pages(sphinx_output: str, source: Path) -> tuple[str, ...] | None:
    """Return the pages that Sphinx' warnings are of; nothing if one is of no page."""
    pages: set[str] = set()
    for line in filter(str.strip, sphinx_output.splitlines()):
        match = WARNED.match(line)
        if match is None or not Path(match[1]).is_relative_to(source.resolve()):
            return None
        pages.add(Path(match[1]).relative_to(source.resolve()).as_posix())
    return tuple(sorted(pages))


def sync_folder(new: Path, existing: Path) -> None:
    """Make ``existing`` the same as ``new``, which goes; files that are the same already keep their times.

    Raises:
        OSError: a file cannot be written.
    """
    names = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in [path for path in existing.rglob("*") if path.is_symlink() or path.is_file()]:
        if path.is_symlink() or path.relative_to(existing) not in names:
            path.unlink()
    for name in names:
        target = existing / name
        if not target.is_file() or target.read_bytes() != (new / name).read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            (new / name).replace(target)
    shutil.rmtree(new)
