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
from marketing_ibis.project.inputs import Inputs, NotCacheable, Scope, environment_digest, find_inputs, is_imported

if TYPE_CHECKING:
    from marketing_ibis.cli.session import ProjectSession

Result = TypeVar("Result")


MOST_ALTERNATIVES = 4
"""How many results of a command are kept: those of other options, of an earlier day, of another branch."""


@dataclass(frozen=True, slots=True)
class ResultCache:
    """The last results of a command on a project, among the private files of the user.

    ``place`` is the digest of the command, ``key`` that of all that its result depends on but the files that are read
    for it, and ``scope`` says which of these count.
    """

    files: PrivateFiles
    place: str
    key: str
    scope: Scope
    most_files: int

    def recall(self) -> Any:
        """Return a result, plain data, for which everything is as it was; None if there is none."""
        names: list[str] = []
        with suppress(OSError):
            # Without names it is computed again.
            names = self._names_by_age(f"{self.place}-{self.key}-")
        return next((result for result in map(self._recall, names) if result is not None), None)

    def _recall(self, name: str) -> Any:
        """Return the result in a file; None if something has changed, or the file cannot be read as one of these."""
        with suppress(NotPrivate, OSError, *MISFIT):
            content = self.files.read(name) or b""
            # Most of a file is the result, which is parsed only if it is used.
            inputs, _, result = content.partition(b"\n")
            is_same = bool(result) and from_plain(Inputs, json.loads(inputs)).are_unchanged(self.scope)
            return json.loads(result) if is_same else None
        return None

    def _names_by_age(self, start: str = "") -> list[str]:
        """Return the names of files that start so, the newest first, without those that have disappeared."""
        times: dict[str, int] = {}
        for name in os.listdir(self.files.folder):  # noqa: PTH208  # strings are quicker
            if name.startswith(start):
                with suppress(FileNotFoundError):
                    times[name] = (self.files.folder / name).lstat().st_mtime_ns
        return sorted(times, key=times.__getitem__, reverse=True)

    @contextmanager
    def keeping(self) -> Iterator[list[Any]]:
        """Keep the result that is added to the list inside, if all that it depends on is known and nothing is logged.

        A recalled result logs nothing, and a warning must not be lost.
        """
        from marketing_ibis.project.observing import observing  # what is recalled is not observed

        results: list[Any] = []
        with observing() as observation, recording_messages() as messages:
            for file in self.scope.files:
                observation.add_file(os.path.abspath(file))  # noqa: PTH100  # links keep their names
            yield results
        if not results or messages:
            return
        # A full disk or a folder of another user slows the next command down, and stops none.
        with suppress(NotCacheable, NotPrivate, OSError):
            inputs = json.dumps(to_plain(find_inputs(observation, self.scope)))
            name = f"{self.place}-{self.key}-{_digest(inputs)}.json"
            self._keep(name, f"{inputs}\n{json.dumps(results[0])}".encode())

    def _keep(self, name: str, content: bytes) -> None:
        self.files.write(name, content)
        surplus = {*self._names_by_age(self.place)[MOST_ALTERNATIVES:], *self._names_by_age()[self.most_files :]}
        for old in surplus:
            (self.files.folder / old).unlink(missing_ok=True)


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
    if is_imported(cache.scope.packages):
        return compute()
    with cache.keeping() as results:
        result = compute()
        document = write(result)
        if document is not None:
            results.append(document)
    return result


def cache_of(session: ProjectSession, kind: str, command: str, *parts: object, most_files: int) -> ResultCache | None:
    """Return the cache of the last results of a ``command``, of one ``kind``; None where nothing is kept.

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
    """Return the cache of results of the project in ``root``; None where nothing is kept.

    ``place`` says of which command they are, and ``key`` what one depends on besides the environment and the files that
    are read for it.
    """
    files = private_files(kind)
    if files is None or files.folder.resolve().is_relative_to(root.resolve()):
        # Files of a cache within the project could not be told from its own.
        return None
    scope = Scope(
        packages, files=(root / PYPROJECT,), outputs=outputs, ignored=(files.folder.with_name(SQL), files.keys / KEY)
    )
    whose = _digest((str(root.resolve()), *place))
    # Before the project is compiled, since libraries set variables when they are imported.
    return ResultCache(files, whose, _digest((*key, environment_digest(root, scope))), scope, most_files)


def _target(session: ProjectSession) -> tuple[object, ...]:
    """Return what a result may depend on of where a command builds; nothing for one that needs no destination."""
    from marketing_ibis.cli.session import Session

    if not isinstance(session, Session):
        return ()
    destination = session.destination
    profile = destination.profile and (destination.profile.name, destination.profile.outputs)
    return destination.name, destination.engine.name, str(destination.database), profile


def _digest(parts: object) -> str:
    """Return a digest that is short enough for a part of a file's name."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _ordered(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else value
