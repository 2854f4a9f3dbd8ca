"""Recall what was computed from a project, while nothing that it depends on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import Any

from marketing_ibis.build.plain_data import MISFIT, from_plain, to_plain
from marketing_ibis.cli.output.log import recording_messages
from marketing_ibis.cli.session import SQL, ProjectSession, Session
from marketing_ibis.private_files import KEY, NotPrivate, PrivateFiles, private_files
from marketing_ibis.project.inputs import Inputs, NotCacheable, Scope, environment_digest, find_inputs
from marketing_ibis.project.observing import observing
from marketing_ibis.project.settings_file import PYPROJECT


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


def cache_of(session: ProjectSession, kind: str, command: str, *parts: object, most_files: int) -> ResultCache | None:
    """Return the cache of the last result of a ``command``, of one ``kind``; None where nothing is kept.

    The result depends on the project, its destination, the selection, the day, the environment, and ``parts``. The
    folder of the kind keeps the last ``most_files``.
    """
    files = private_files(kind)
    project = session.project
    if files is None or files.folder.resolve().is_relative_to(project.root.resolve()):
        # Files of a cache within the project could not be told from its own.
        return None
    outputs = (session.folder, session.destination.database) if isinstance(session, Session) else ()
    place = (str(project.root.resolve()), *_target(session)[:1], *(str(path.resolve()) for path in outputs[:1]))
    settings = [(field.name, _ordered(getattr(project, field.name))) for field in fields(project)]
    scope = Scope(
        packages=tuple(project.dataflows),
        files=(project.root / PYPROJECT,),
        outputs=outputs,
        ignored=(files.folder.with_name(SQL), files.keys / KEY),
    )
    # Before the project is compiled, since libraries set variables when they are imported.
    environment = environment_digest(project.root, scope)
    key = _digest((settings, _target(session), session.selection, session.as_of, command, parts, environment))
    return ResultCache(files, f"{_digest((*place, command, session.selection))[:32]}.json", key, scope, most_files)


def _target(session: ProjectSession) -> tuple[object, ...]:
    """Return what a result may depend on of where a command builds; nothing for one that needs no destination."""
    if not isinstance(session, Session):
        return ()
    destination = session.destination
    profile = destination.profile and (destination.profile.name, destination.profile.outputs)
    return destination.name, destination.engine.name, str(destination.database), profile


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _ordered(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value
