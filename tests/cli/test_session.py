"""A session computes each value once, on first use."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import click
import pytest

from marketing_ibis.cli.call import Call, current_call
from marketing_ibis.cli.options import Selection, TargetOptions, record_of, takes
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import ProjectSession, Session, open_session
from marketing_ibis.errors import SelectionError
from tests.invocation import invoke
from tests.shop import AS_OF, Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def session_of(shop: Shop, *select: str) -> Session:
    options = TargetOptions(project_dir=shop.root, target_path=shop.root / "t", database=shop.database)
    return open_session(options, Selection(select), AS_OF)


def test_computed_properties_are_cached(shop: Shop) -> None:
    session = session_of(shop, "+totals")
    assert session.dataflow is session.dataflow
    assert session.plan is session.plan
    assert session.invocation.id == session.invocation.id
    assert [step.name for step in session.plan.steps()] == ["stg_sales", "totals"]


def test_a_session_is_frozen(shop: Shop) -> None:
    with pytest.raises(FrozenInstanceError):
        session_of(shop).selection = Selection()  # type: ignore[misc]


def test_names_are_chosen_without_compiling(shop: Shop) -> None:
    totals = shop.project.packages()[0] / "totals.py"
    totals.write_text(f"{totals.read_text()}\nraise ImportError\n")
    session = ProjectSession(project=shop.project, selection=Selection(("stg_sales",)))
    assert session.selected_names == ("stg_sales",)
    assert session.nodes.keys() >= {"raw_sales", "stg_sales"}


def test_a_source_alone_is_not_built(shop: Shop) -> None:
    with pytest.raises(SelectionError, match="a source is not built"):
        assert session_of(shop, "raw_sales").plan


def test_a_record_takes_the_parameters_of_its_fields() -> None:
    assert record_of(RunOptions, {"threads": 2, "fail_fast": True, "port": 1}) == RunOptions(2, fail_fast=True)


def test_a_call_lists_what_was_given_and_knows_what_was_typed() -> None:
    seen: list[Call] = []

    @click.command("called")
    @click.option("--threads", type=int)
    @click.option("--fail-fast", is_flag=True)
    @click.option("--strict", is_flag=True)
    @click.option("--orders", default=5)
    @takes(RunOptions)
    def command(options: RunOptions) -> None:
        assert options == RunOptions(3)
        seen.append(current_call())

    command(["--threads", "3", "--strict"], prog_name="called", standalone_mode=False)
    (call,) = seen
    assert (call.command, call.arguments) == ("called", {"orders": 5, "threads": 3})
    assert call.typed == {"threads", "strict"}


def test_every_artifact_of_a_command_has_the_same_invocation(shop: Shop) -> None:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
    invoke("run", *place, "--database", str(shop.database), "--as-of", "2024-05-15", "-x")
    texts = [(shop.root / "t" / name).read_text() for name in ("manifest.json", "run_results.json")]
    (message,) = {text.partition('"invocation_id": "')[2].partition('"')[0] for text in texts}
    assert message
    assert '"fail_fast": true' in texts[1]
    assert '"threads": 1' in texts[1]


def test_a_date_is_its_own_day(shop: Shop) -> None:
    assert ProjectSession(project=shop.project, as_of_option=date(2024, 5, 15)).as_of == AS_OF
