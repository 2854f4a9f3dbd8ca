"""Steps are called alone, with plain values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.cli.call import Call
from marketing_ibis.cli.commands.build import BuildParameters, check_fresh_options
from marketing_ibis.cli.commands.clean import GeneratedFiles, remove_generated
from marketing_ibis.cli.commands.ls import Listing, list_lines
from marketing_ibis.cli.commands.seed import SeedParameters, check_origin
from marketing_ibis.cli.data_test_options import DataTestOptions, FreshOptions
from marketing_ibis.cli.defer_options import DeferOptions
from marketing_ibis.cli.demo_options import DemoOptions
from marketing_ibis.cli.options import Selection, TargetOptions
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import ProjectSession, Session, open_session
from marketing_ibis.cli.steps.building import check_outcome, execute_plan
from marketing_ibis.cli.steps.planning import (
    Build,
    plan_models,
    plan_tested_models,
    resolve_threads,
    stop_before_execution,
    write_bundle,
)
from marketing_ibis.errors import RunFailed, UsageError
from tests.shop import AS_OF, Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


@pytest.fixture
def session(shop: Shop) -> Session:
    options = TargetOptions(project_dir=shop.root, target_path=shop.root / "t", database=shop.database)
    return open_session(options, Selection(("+totals",)), AS_OF)


def test_a_build_cannot_both_require_and_exclude() -> None:
    parameters = BuildParameters(
        TargetOptions(), Selection(), RunOptions(), DeferOptions(), DataTestOptions(), FreshOptions(), DemoOptions()
    )
    assert check_fresh_options(parameters) is parameters
    with pytest.raises(UsageError, match="exclude each other"):
        check_fresh_options(replace(parameters, fresh=FreshOptions(require_fresh=True, fresh_only=True)))


@pytest.mark.parametrize(
    ("demo", "directory", "link"), [(False, None, False), (True, Path("exports"), False), (True, None, True)]
)
def test_a_seed_says_where_the_data_comes_from(demo: bool, directory: Path | None, link: bool) -> None:
    with pytest.raises(UsageError):
        check_origin(SeedParameters(TargetOptions(), DemoOptions(), demo=demo, directory=directory, link=link))


def test_threads_are_those_of_the_option_or_of_the_profile(session: Session) -> None:
    session = replace(session, call=Call("run", {"orders": 5, "quiet": True}))
    settled = resolve_threads(Build(session, RunOptions(threads=3)))
    assert settled.run.threads == 3
    assert list(settled.session.call.arguments.items()) == [("orders", 5), ("quiet", True), ("threads", 3)]
    assert resolve_threads(Build(session, RunOptions())).run.threads == 1


def test_a_dry_run_stops_after_the_sql_is_written(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    planned = write_bundle(plan_models(Build(session, RunOptions(dry_run=True))))
    assert (session.folder / "duckdb" / "run" / "totals.sql").is_file()
    assert stop_before_execution(planned) == 0
    assert "Nothing was executed: --dry-run." in capsys.readouterr().out
    connected = replace(planned, build=Build(session, RunOptions()))
    assert stop_before_execution(connected) is connected


def test_a_plan_is_carried_out_and_measured(session: Session) -> None:
    built = execute_plan(plan_tested_models(Build(session, RunOptions(), DataTestOptions())))
    assert built.results.published_models == ("stg_sales", "totals")
    assert {one.metric for one in built.metric_values} >= {"model_seconds"}
    assert built.published_at
    assert check_outcome(built) is built
    with pytest.raises(RunFailed):
        check_outcome(replace(built, results=replace(built.results, published=False)))


def test_a_run_measures_nothing(session: Session) -> None:
    built = execute_plan(plan_models(Build(session, RunOptions())))
    assert built.results.published
    assert not built.metric_values


def test_what_is_listed_is_one_line_each(shop: Shop) -> None:
    listed = Listing(ProjectSession(project=shop.project, selection=Selection(("marts",))), output="path")
    assert [Path(line).name for line in list_lines(listed)] == ["halves.py", "totals.py"]


def test_what_commands_wrote_is_removed(tmp_path: Path) -> None:
    folder, file = tmp_path / "duckdb", tmp_path / "manifest.json"
    folder.mkdir()
    file.write_text("{}")
    remove_generated(GeneratedFiles(tmp_path, (folder, file)))
    assert not list(tmp_path.iterdir())
