"""Choose how many examples Hypothesis draws: the profile named by HYPOTHESIS_PROFILE, else ci."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.invocation import Run, invoke

if TYPE_CHECKING:
    from xdist.remote import Producer

    from tests.distribution import SharingScheduler

# As in every command; otherwise compiling would import every data library that is installed.
os.environ.setdefault("HAMILTON_AUTOLOAD_EXTENSIONS", "0")
# As in every command; otherwise the threads of a fit would wait for each other by spinning.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Explaining a failure rebuilds the tables hundreds of times for a comment; the small example says enough.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)

settings.register_profile(
    "ci",
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=_PHASES,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow]
)
# Only whether a law fails matters, not how small the example can be made.
settings.register_profile(
    "mutation", settings.get_profile("ci"), max_examples=40, phases=(Phase.explicit, Phase.generate)
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)

GARBAGE = (20_000, 20, 20)
"""How many new objects, then how many collections, until the next collection of each generation."""


# The many objects of a collection stay to the end: looking through them again and again finds nothing.
gc.set_threshold(*GARBAGE)


def pytest_report_header() -> str:
    """Print in the report header how thorough the run is."""
    return f"hypothesis: {settings().max_examples} examples (profile {PROFILE})"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharingScheduler | None:
    """Divide the tests by file, except those that share something."""
    from tests.distribution import SharingScheduler

    return SharingScheduler(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Look for garbage among a test's objects alone, and less often: modules and tests stay to the end anyway."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Release the databases while their engines can still close them."""
    for name, let_go in (
        ("tests.warehouse", "close_all"),
        ("tests.postgres_server", "stop"),
        ("tests.engines.redshift.proxy", "collect_all_left"),
    ):
        if name in sys.modules:
            getattr(sys.modules[name], let_go)()
    gc.unfreeze()
    gc.collect()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to rewrite the golden files."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the SQL and the page to compare with")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return invoke


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[None]:
    """Have a profile whose only output is an empty database on PostgreSQL."""
    from tests.engines.postgres.warehouse import settings_of
    from tests.postgres_server import fresh_database

    with fresh_database() as uri:
        keys = {"type": "postgres", **settings_of(uri)}
        lines = "".join(f"      {key}: {value!s}\n" for key, value in keys.items())
        (tmp_path / "profiles.yml").write_text(f"shop:\n  target: prod\n  outputs:\n    prod:\n{lines}")
        yield


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the project's own site, built once for all tests that only read it."""
    from tests.docs_site.built import build_own_site

    return build_own_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(autouse=True, scope="session")
def no_folders_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the caches of commands out of the user's home directory."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("user")
        patch.setenv("MARKETING_IBIS_CACHE_DIR", str(folder / "cache"))
        patch.setenv("MARKETING_IBIS_STATE_DIR", str(folder / "state"))
        yield


@pytest.fixture(autouse=True, scope="session")
def same_expressions() -> Iterator[None]:
    """Build each expression of the project's own models once, and write its SQL once."""
    from tests.remembering import written_once

    with written_once():
        yield


@pytest.fixture
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the end, remove the imported modules of projects in the test's folder."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(tmp_path):
            del sys.modules[name]
