"""Recall what was computed from a project, while nothing that it depends on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from marketing_ibis.build.plain_data import MISFIT, from_plain, to_plain
from marketing_ibis.cli.output.log import recording_messages
from marketing_ibis.private_files import KEY, SQL, NotPrivate, PrivateFiles, private_files
from marketing_ibis.project.folders import PYPROJECT
from marketing_ibis.project.inputs import Inputs, NotCacheable, Scope, environment_digest, find_inputs
from marketing_ibis.project.observing import observing

if TYPE_CHECKING:
    from marketing_ibis.cli.session import ProjectSession

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ResultCache:
    """One result of a project, among the private files of the user.

    ``name`` is its file, which the next result of the same command replaces, ``key`` the digest of all that it depends
    on but the files that are read for it, and ``scope`` says which of these count.
    """

    files: PrivateFiles
    name: str
    key: str
    scope: Scope
    most_files: int

    def recall(self) -> Any:
        """Return the result, plain data, if everything is as it was; None if not."""
        try:
            content = self.files.read(self.name)
            document = json.loads(content) if content else {}
            if document.get("key") != self.key:
                return None
            inputs: Inputs = from_plain(Inputs, document["inputs"])
            return document["result"] if inputs.are_unchanged(self.scope) else None
        except (NotPrivate, OSError, *MISFIT):
            # It is computed again.
            return None

    @contextmanager
    def keeping(self) -> Iterator[list[Any]]:
        """Keep the result that is added to the list inside, if all that it depends on is known and nothing is said.

        What is recalled says nothing, and a warning must not be lost.
        """
        results: list[Any] = []
        with observing() as observation, recording_messages() as messages:
            for file in self.scope.files:
                observation.add_file(os.path.abspath(file))  # noqa: PTH100  # links keep their names
            yield results
        if not results or messages:
            return
        # A full disk or a folder of another user slows the next command down, and stops none.
        with suppress(NotCacheable, NotPrivate, OSError):
            inputs = find_inputs(observation, self.scope)
            document = {"key": self.key, "inputs": to_plain(inputs), "result": results[0]}
            self._keep(json.dumps(document).encode())

    def _keep(self, content: bytes) -> None:
        self.files.write(self.name, content)
        by_age = sorted(self.files.folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
        for path in by_age[self.most_files :]:
            path.unlink(missing_ok=True)


def recall_or_compute(
    cache: ResultCache | None,
    compute: Callable[[], Result],
    *,
    read: Callable[[Any], Result],
    write: Callable[[Result], Any],
) -> Result:
    """Return the result of an earlier call, or compute it and keep it; without a cache it is computed every time.

    ``write`` makes plain data of a result, or None of one that is not to be kept, and ``read`` a result of the data.
    """
    if cache is None:
        return compute()
    document = cache.recall()
    if document is not None:
        # What has another form is computed again.
        with suppress(*MISFIT):
            return read(document)
    with cache.keeping() as results:
        result = compute()
        document = write(result)
        if document is not None:
            results.append(document)
    return result


def cache_of(session: ProjectSession, kind: str, command: str, *parts: object, most_files: int) -> ResultCache | None:
    """Return the cache of the last result of a ``command``, of one ``kind``; None where nothing is kept.

    The result depends on the project, its destination, the selection, the day, the environment, and ``parts``. The
    folder of the kind keeps the last ``most_files``.
    """
    from marketing_ibis.cli.session import Session

    project = session.project
    outputs = (session.folder, session.destination.database) if isinstance(session, Session) else ()
    place = (*_target(session)[:1], *(str(path.resolve()) for path in outputs[:1]), command, session.selection)
    settings = [(field.name, _ordered(getattr(project, field.name))) for field in fields(project)]
    key = (settings, _target(session), session.selection, session.as_of, command, parts)
    return cache_in(project.root, kind, project.dataflows, outputs, place=place, key=key, most_files=most_files)


def cache_in(
    root: Path,
    kind: str,
    packages: tuple[str, ...],
    outputs: tuple[Path, ...] = (),
    *,
    place: tuple[object, ...],
    key: tuple[object, ...],
    most_files: int,
) -> ResultCache | None:
    """Return the cache of a result of the project in ``root``; None where nothing is kept.

    ``place`` says which file is its own, and ``key`` what it depends on besides the environment and the files that are
    read for it.
    """
    files = private_files(kind)
    if files is None or files.folder.resolve().is_relative_to(root.resolve()):
        # Files of a cache within the project could not be told from its own.
        return None
    scope = Scope(
        packages, files=(root / PYPROJECT,), outputs=outputs, ignored=(files.folder.with_name(SQL), files.keys / KEY)
    )
    name = f"{_digest((str(root.resolve()), *place))[:32]}.json"
    # Before the project is compiled, since libraries set variables when they are imported.
    return ResultCache(files, name, _digest((*key, environment_digest(root, scope))), scope, most_files)


def _target(session: ProjectSession) -> tuple[object, ...]:
    """Return what a result may depend on of where a command builds; nothing for one that needs no destination."""
    from marketing_ibis.cli.session import Session

    if not isinstance(session, Session):
        return ()
    destination = session.destination
    profile = destination.profile and (destination.profile.name, destination.profile.outputs)
    return destination.name, destination.engine.name, str(destination.database), profile


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _ordered(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value
