"""Write a small site, in a process that imports little and may be killed at any step."""

from __future__ import annotations

from pathlib import Path

from marketing_ibis.docs_site.folders import replacing_site

PAGES = ("index.html", "a/b.html", "c.css")
STEPS = ("os.mkdir", "open", "os.rename", "os.remove", "os.rmdir", "ctypes.dlopen", "os.utime")
"""The events of an audit hook that change files."""


def put(site: Path, text: str) -> None:
    """Replace a site by one whose pages contain ``text``."""
    with replacing_site(site) as folder:
        for page in PAGES:
            (folder / page).parent.mkdir(exist_ok=True)
            (folder / page).write_text(text)
