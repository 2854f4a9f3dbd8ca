"""What differs from the state of the published models is named by column, with what follows from it downstream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from marketing_ibis.build.changes import Changes, Comparison, ModelChange
from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.identity import Identity
from marketing_ibis.build.state import ModelState
from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.records import Exposure
from tests.shop import AS_OF, SHOP, make_shop

LATER = date(2024, 5, 20)
BUILT_AT = datetime(2024, 5, 15, 7, tzinfo=UTC)
AGED = """
    COLUMNS = (column("id", "int64", "Key."), column("age", "int64", "Days.", nullable=True))

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def aged(stg_sales: ir.Table, as_of: date) -> ir.Table:
        '''Each sale with a number of days.'''
        return stg_sales.select("id", age=stg_sales.cents + as_of.day)
    """
DATED = {"aged": f"\n    from datetime import date\n{AGED}"}
EXPOSURES = {"board": Exposure("dashboard", "crm", "A board.", ("report",))}


@dataclass(frozen=True)
class Version:
    """A version of the small project."""

    dataflow: Dataflow
    identities: Mapping[str, Identity]


def version(folder: Path, as_of: date = AS_OF, **changes: str) -> Version:
    dataflow = make_shop(folder, **changes).project.compile(as_of)
    return Version(dataflow, model_identities(dataflow))


def states(built: Version, as_of: date = AS_OF) -> dict[str, ModelState]:
    return {
        name: ModelState(name, identity, as_of, BUILT_AT, {}, None, "0.1.0")
        for name, identity in built.identities.items()
    }


def compared(current: Version, earlier: Version, as_of: date = AS_OF, then: Version | None = None) -> Changes:
    return Comparison(
        current.dataflow,
        column_lineage(current.dataflow),
        as_of,
        current.identities,
        states(earlier),
        lambda _: (then or current).identities,
        EXPOSURES,
    ).changes()


def of(changes: Changes, *kinds: str) -> dict[str, ModelChange]:
    return {name: change for name, change in changes.by_name().items() if change.kind in kinds}


def test_without_a_state_every_model_is_new(tmp_path: Path) -> None:
    current = version(tmp_path)
    changes = replace(
        Comparison(current.dataflow, column_lineage(current.dataflow), AS_OF, current.identities, {}, lambda _: {})
    ).changes()
    assert of(changes, "new").keys() == {"stg_sales", "totals", "halves", "report"}
    assert not changes.is_empty


def test_another_spelling_is_no_change(tmp_path: Path) -> None:
    before = version(tmp_path / "before")
    spelled = SHOP["stg_sales"].replace("raw_sales.cents > 0", "0 < raw_sales.cents")
    changes = compared(version(tmp_path / "after", stg_sales=spelled), before)
    assert changes.is_empty
    assert changes.consumers == ()


def test_a_changed_column_names_the_columns_that_follow(tmp_path: Path) -> None:
    before = version(tmp_path / "before")
    doubled = SHOP["halves"].replace("/ 2", "/ 4")
    changes = compared(version(tmp_path / "after", halves=doubled), before)
    (change,) = of(changes, "changed").values()
    assert (change.name, change.modified, change.rows, change.is_own) == ("halves", ("half",), "same", True)
    # The report only counts the halves.
    assert change.downstream == ()
    assert changes.consumers == ()


def test_changed_rows_are_named_with_all_that_counts_them(tmp_path: Path) -> None:
    before = version(tmp_path / "before")
    stricter = SHOP["stg_sales"].replace("> 0", "> 10")
    changes = compared(version(tmp_path / "after", stg_sales=stricter), before)
    assert of(changes, "unchanged") == {}
    by_name = changes.by_name()
    assert by_name["stg_sales"].is_own
    assert by_name["stg_sales"].rows == "must look"
    assert ("totals", "n") in by_name["stg_sales"].downstream
    assert (by_name["totals"].rows, by_name["totals"].modified) == ("same", ("n", "cents"))
    assert (by_name["totals"].is_own, by_name["totals"].causes) == (False, ("stg_sales",))
    (board,) = changes.consumers
    assert (board.kind, board.name, board.owner) == ("exposure", "board", "crm")
    assert board.columns == (("report", "n"),)


def test_removed_and_new_models_are_named(tmp_path: Path) -> None:
    before = version(tmp_path / "before", more=SHOP["halves"].replace("def halves", "def old_halves"))
    after = version(tmp_path / "after", more=SHOP["halves"].replace("def halves", "def thirds"))
    changes = compared(after, before)
    assert {name: change.kind for name, change in of(changes, "new", "removed", "changed").items()} == {
        "thirds": "new",
        "old_halves": "removed",
    }


def test_another_layout_is_a_change_of_no_column(tmp_path: Path) -> None:
    before = version(tmp_path / "before")
    view = SHOP["halves"].replace('layer="marts"', 'layer="marts", materialized="view"')
    (change,) = of(compared(version(tmp_path / "after", halves=view), before), "changed").values()
    assert (change.name, change.layout_changed, change.modified, change.rows) == ("halves", True, (), "same")


def test_a_different_date_is_no_change_of_the_project(tmp_path: Path) -> None:
    before, after = version(tmp_path / "before", **DATED), version(tmp_path / "after", LATER, **DATED)
    changes = compared(after, before, LATER, then=before)
    assert changes.is_empty
    aged = changes.by_name()["aged"]
    assert (aged.moving, aged.moving_rows, aged.published_as_of) == (("age",), "same", AS_OF)
    assert changes.by_name()["totals"].moving == ()


def test_a_change_is_found_as_of_a_different_date_too(tmp_path: Path) -> None:
    before = version(tmp_path / "before", **DATED)
    changed = {"aged": DATED["aged"].replace("stg_sales.cents +", "2 * stg_sales.cents +")}
    now, then = version(tmp_path / "now", LATER, **changed), version(tmp_path / "then", **changed)
    (change,) = of(compared(now, before, LATER, then=then), "changed").values()
    assert (change.name, change.modified, change.rows) == ("aged", ("age",), "same")


def test_a_random_value_counts_as_a_change_every_time(tmp_path: Path) -> None:
    random = SHOP["halves"].replace("stg_sales.cents / 2", "ibis.random()")
    same = version(tmp_path, halves=random)
    (change,) = of(compared(same, same), "changed").values()
    assert (change.name, change.modified, change.is_known) == ("halves", ("half",), False)
