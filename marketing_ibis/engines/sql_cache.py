"""Cache the SQL of expressions, and their lineage, by the content of the expression.

Ibis takes longer to write the SQL of all models and tests than a small warehouse takes to run it. The key holds the
whole expression, the versions of the libraries that write and the text of our own code that does, so a cached string
equals what would be written again. It is executed, so it is kept, sealed, in a private folder of the user. Nothing is
cached for Redshift: there the gate checks every statement.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.private_files import NotPrivate, PrivateFiles

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ENTRIES = 2_000
"""How many entries are kept: those of some days of a project of this size."""

MOST_FILES = 64
"""How many projects and engines are remembered: those of last use."""

WRITERS = (
    "testing/compile.py", "testing/conditions.py", "testing/findings.py", "lineage/expression.py",
    "outputs/artifacts/edges.py",
)  # fmt: skip
"""What is cached, in addition to the SQL of the engines."""


@dataclass(slots=True, eq=False)
class SqlCache:
    """Strings by key, of one file; the most recently used are kept longest.

    Without ``files`` nothing is read or kept. ``refusal`` says why what lies there was not read.
    """

    files: PrivateFiles | None
    name: str
    refusal: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    is_changed: bool = False

    @classmethod
    def open(cls, files: PrivateFiles | None, name: str) -> SqlCache:
        """Return the cache stored under ``name``; an empty one if there is none, or none that can be trusted."""
        try:
            content = files.read(name) if files else None
            entries = json.loads(content) if content else {}
        except NotPrivate as error:
            return cls(None, name, str(error))
        except (OSError, ValueError):
            # All its content is written again.
            entries = {}
        is_valid = isinstance(entries, dict) and all(isinstance(text, str) for text in entries.values())
        return cls(files, name, texts=entries if is_valid else {})

    def recall(self, part: str, expression: ir.Table, write: Callable[[], str]) -> str:
        """Return the text that ``write`` gave for the ``part`` of this expression, or have it written."""
        key = key_of(part, expression)
        if key is None:
            return write()
        text = self.texts.pop(key, None)
        if text is None:
            text = write()
            self.is_changed = True
        self.texts[key] = text
        return text

    def save(self) -> None:
        """Keep what is new, the whole file or nothing; nothing where the user has no folder to keep it in."""
        if not self.is_changed or self.files is None:
            return
        entries = dict(list(self.texts.items())[-MOST_ENTRIES:])
        try:
            self.files.write(self.name, json.dumps(entries, ensure_ascii=False).encode())
            _remove_oldest(self.files.folder)
        except NotPrivate as error:
            self.refusal = str(error)
        except OSError:
            # A full disk or a home that cannot be written slows the next command down, and stops none.
            return
        self.is_changed = False


def cache_name(root: Path, engine: str) -> str:
    """Return under which name the SQL of a project for an engine is kept."""
    return f"{hashlib.sha256(f'{root.resolve()}|{engine}'.encode()).hexdigest()[:32]}.sql"


def _remove_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.sql"), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)


def key_of(part: str, expression: ir.Table) -> str | None:
    """Return what identifies the text of an expression; nothing for one that cannot be written down whole."""
    try:
        content = pickle.dumps(expression.op(), protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError):
        # It holds a function or a connection.
        return None
    return hashlib.sha256(b"\x00".join((_writers(), part.encode(), content))).hexdigest()


@cache
def _writers() -> bytes:
    """Return what identifies all that turns an expression into text: libraries by version, our own by content."""
    import ibis
    import sqlglot

    versions = (ibis.__version__, sqlglot.__version__, sys.version)
    digest = hashlib.sha256("\x00".join(versions).encode())
    package = Path(__file__).parents[1]
    for file in sorted([*(package / "engines").rglob("*.py"), *(package / name for name in WRITERS)]):
        digest.update(file.read_bytes())
    return digest.digest()
