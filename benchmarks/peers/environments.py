"""The peers' own environments, with pinned versions, outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


def ours(*names: str) -> tuple[str, ...]:
    """Return requirements of the versions that this project runs with."""
    return tuple(f"{name}=={version(name)}" for name in names)


SHARED = ours("numpy", "pyarrow", "scipy")
"""What the Python models need: the same versions on every side."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The packages that a peer's command is installed with."""

    name: str
    packages: tuple[str, ...]

    def program(self, folder: Path) -> Path:
        """Return the path of a peer's command; an environment that is missing or has other versions is made first."""
        place = folder / "environments" / self.name
        wanted, marker = "\n".join((*self.packages, sys.version)), place / "installed.txt"
        if not marker.exists() or marker.read_text("utf-8") != wanted:
            marker.unlink(missing_ok=True)
            subprocess.run((sys.executable, "-m", "venv", "--clear", place), check=True)
            install = (place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            subprocess.run((*install, *self.packages), check=True)
            # As installed packages are after their first start.
            subprocess.run((place / "bin" / self.name, "--version"), check=True, stdout=subprocess.DEVNULL)
            marker.write_text(wanted, "utf-8")
        return place / "bin" / self.name


# dbt-core 1.12 cannot be installed from PyPI alone: a package that it depends on downloads its program from elsewhere.
DBT = Environment("dbt", ("dbt-core==1.11.16", "dbt-duckdb==1.11.1", *ours("duckdb"), *SHARED))
# SQLMesh 0.236 declares duckdb<2, and with 2.0 its audits fail: it leaves results unread, which that version refuses.
SQLMESH = Environment("sqlmesh", ("sqlmesh==0.236.4", "duckdb==1.5.6", *SHARED))
STORAGE_VERSION = "v1.4.0"
"""Of database files that SQLMesh's DuckDB reads."""


def cache_folder() -> Path:
    """Return the folder for environments and databases."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "marketing_ibis_peers"
