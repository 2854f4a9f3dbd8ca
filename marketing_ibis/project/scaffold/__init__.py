"""Write the files of a new project, all of them or none."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath

from marketing_ibis.errors import UsageError
from marketing_ibis.project.scaffold.templates import render_files
from marketing_ibis.project.settings import project_of

PLACES = {"package": "", "gitignore": ".gitignore"}
"""Names of templates that stand for others: the folder of the models has the project's name."""
NAME = re.compile(r"[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?")
"""What is both a package of Python and a project of pyproject.toml."""


def check_name(name: str, root: Path) -> None:
    """Refuse a name that cannot be used for the package of models in the project ``root``.

    Raises:
        UsageError: it is not a valid name of a package, or names what Python or the project has already.
    """
    hint = "Choose a name with --name, such as shop_models."
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a package: letters, digits and underscores, a letter first.", hint=hint
        )
    if keyword.iskeyword(name):
        raise UsageError(f"{name} is a Python keyword.", hint=hint)
    if name.lower() in _folders():
        raise UsageError(f"The package cannot be called {name}: the project has another folder {name}.", hint=hint)
    place = _module(name, root)
    if place:
        raise UsageError(f"There is a module {name} already: {place}.", hint=hint)


def check_place(root: Path) -> None:
    """Refuse a folder inside a package of models: the existing project would read the new one's models as its own.

    Raises:
        UsageError: naming the project and the package.
    """
    place = root.resolve()
    for folder in place.parents:
        project = project_of(folder)
        for name in project.dataflows if project else ():
            package = folder.joinpath(*name.split("."))
            if place.is_relative_to(package):
                raise UsageError(
                    f"The folder {place} is inside {package}, a package of models of the project in {folder}.",
                    hint="Choose a folder outside of that project; nothing was written.",
                )


def project_files(name: str, *, with_adapters: bool = False) -> dict[PurePosixPath, str]:
    """Return the text of every file of a project whose package of models is called ``name``.

    With ``with_adapters`` it has adapters over tables of another shape, and the models are those of this distribution.
    """
    places = PLACES | {"package": name}
    return {
        PurePosixPath(*(places.get(part, part) for part in path.parts)): text
        for path, text in render_files(files(__name__) / ("adapter" if with_adapters else "project"), name=name).items()
    }


def write_project(root: Path, contents: Mapping[PurePosixPath, str | bytes]) -> None:
    """Write the files below ``root``, which need not exist.

    Raises:
        UsageError: one of them is there already, or cannot be written; then none is written.
    """
    paths = {root / path: content for path, content in contents.items()}
    _check_free(root, list(paths))
    created: list[Path] = []
    try:
        for path, content in paths.items():
            _make_folder(path.parent, created)
            with path.open("xb") as file:
                created.append(path)
                file.write(content.encode() if isinstance(content, str) else content)
    except BaseException as error:
        _remove(created)
        if isinstance(error, OSError):
            raise UsageError(
                f"Cannot write {error.filename or root}: {error.strerror}. Nothing was written.",
                hint="Choose another folder.",
            ) from error
        raise


def _folders() -> set[str]:
    folders = {entry.name for entry in (files(__name__) / "project").iterdir() if entry.is_dir()}
    return {*folders - {"package"}, "target"}


def _module(name: str, root: Path) -> str:
    """Return where Python has a module of that name, outside of ``root``; "" where it has none."""
    if name in sys.stdlib_module_names:
        return "it comes with Python"
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return ""
    # A folder without __init__.py, as the new project's own may be, is a module in name only.
    if spec is None or spec.origin is None or Path(spec.origin).is_relative_to(root.resolve()):
        return ""
    return spec.origin


def _check_free(root: Path, paths: list[Path]) -> None:
    hint = "Choose an empty folder; nothing was written."
    for path in paths:
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists already.", hint=hint)
    for folder in sorted({folder for path in paths for folder in path.parents} | {root}):
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, not a folder.", hint=hint)


def _make_folder(folder: Path, created: list[Path]) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for path in reversed(missing):
        path.mkdir()
        created.append(path)


def _remove(created: list[Path]) -> None:
    for path in reversed(created):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
