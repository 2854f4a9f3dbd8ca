"""Recall what a plan changes while neither the project nor the state of the published models has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.private_files import NotPrivate, PrivateFiles, private_files
from marketing_ibis.project.inputs import content_digest, environment_digest, input_digests, recording_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketing_ibis.build.changes import Changes

KIND, MOST_FILES = "plans", 64
"""What the user's folder of changes is called, and how many files it keeps."""


@dataclass(frozen=True, slots=True)
class RecalledChanges:
    """The changes of an earlier plan, and all that they depend on: the project's files and the published state."""

    key: str
    files: Mapping[str, str]
    published: str
    changes: Changes


def recall_changes(session: Session, published: str) -> Changes | None:
    """Return the changes of an earlier plan of the same project, if ``published`` is as it was; None if not."""
    from marketing_ibis.build.changes import Changes
    from marketing_ibis.build.plain_data import MISFIT, from_plain

    files = private_files(KIND)
    if files is None:
        return None
    try:
        content = files.read(_name(session))
        document = json.loads(content) if content else {}
        is_same = document.get("key") == _key(session) and document.get("published") == published
        if not is_same or any(content_digest(path) != digest for path, digest in document["files"].items()):
            return None
        changes: Changes = from_plain(Changes, document["changes"])
    except (NotPrivate, OSError, *MISFIT):
        # It is compared again.
        return None
    return changes


@contextmanager
def remembering(session: Session, published: str) -> Iterator[list[Changes]]:
    """Keep the changes that are added to the list inside, with the files that were read for them."""
    computed: list[Changes] = []
    # Libraries set variables when they are imported.
    key = _key(session)
    with recording_files() as opened:
        yield computed
    files = private_files(KIND)
    if files is not None and computed:
        digests = input_digests(opened, session.project.dataflows, (session.folder, files.folder.parent, files.keys))
        # A full disk or a folder of another user slows the next command down, and stops none.
        with suppress(NotPrivate, OSError):
            _keep(files, session, RecalledChanges(key, digests, published, computed[0]))


def _keep(files: PrivateFiles, session: Session, recalled: RecalledChanges) -> None:
    from marketing_ibis.build.plain_data import to_plain

    files.write(_name(session), json.dumps(to_plain(recalled)).encode())
    by_age = sorted(files.folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in by_age[MOST_FILES:]:
        path.unlink(missing_ok=True)


def _name(session: Session) -> str:
    place = (str(session.project.root.resolve()), session.destination.name, str(session.folder.resolve()))
    return f"{hashlib.sha256(repr((*place, session.selection)).encode()).hexdigest()[:32]}.json"


def _key(session: Session) -> str:
    """Return the digest of everything but the files: settings, destination, selection, day and environment."""
    project, destination = session.project, session.destination
    settings = [(field.name, _ordered(getattr(project, field.name))) for field in fields(project)]
    parts = (
        settings,
        destination.name,
        destination.engine.name,
        session.selection,
        session.as_of,
        environment_digest(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _ordered(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value
