"""Return the files of a project over the tables of a well-known shop."""

from __future__ import annotations

from importlib.resources import files
from pathlib import PurePosixPath

from marketing_ibis.presets import TITLES, preset_folder, preset_package
from marketing_ibis.project.scaffold.templates import render_files

PLACES = {"gitignore": ".gitignore"}
SAMPLE = "sample"


def preset_files(name: str, preset: str, *, is_copy: bool = False) -> dict[PurePosixPath, str | bytes]:
    """Return the content of every file of a project called ``name``: its settings and the sample of the preset.

    With ``is_copy`` it has the adapters, too, as its own package ``name``; otherwise it uses those of the preset.
    """
    folder = preset_folder(preset)
    sample = {entry.name: entry.read_bytes() for entry in folder.joinpath(SAMPLE).iterdir()}
    rendered = render_files(
        files("marketing_ibis.project.scaffold") / "preset",
        name=name,
        preset=preset,
        title=TITLES[preset],
        adapters=name if is_copy else preset_package(preset),
        is_copy=is_copy,
        settings=folder.joinpath("settings.toml").read_text("utf-8"),
        export=folder.joinpath("export.md").read_text("utf-8"),
        files=sorted(sample),
    )
    return {
        **{PurePosixPath(PLACES.get(path.name, path.name)): text for path, text in rendered.items()},
        **{PurePosixPath(SAMPLE, file): content for file, content in sorted(sample.items())},
        **(_adapters(name, preset) if is_copy else {}),
    }


def _adapters(name: str, preset: str) -> dict[PurePosixPath, str]:
    """Return the modules of the preset's package, which import none of each other."""
    entries = (entry for entry in preset_folder(preset).iterdir() if entry.name.endswith(".py"))
    return {PurePosixPath(name, entry.name): entry.read_text("utf-8") for entry in entries}
