"""The state of the published models is written with them, read back as it was, and refused if it is damaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.identity import Identity
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.state import COLUMNS, FORMAT, ModelState, has_state, read_states, state_statements
from marketing_ibis.build.state_record import merge_inputs, record_states
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Contents, Target
from marketing_ibis.errors import UsageError
from tests.shop import AS_OF, SHOP, Shop, make_shop

SCHEMA = "marts"
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
DIGESTS = st.one_of(st.none(), st.text("0123456789abcdef", min_size=32, max_size=32))
CONTENTS = st.builds(Contents, st.integers(0, 10**12), st.text("0123456789 .-", max_size=40))
IDENTITIES = st.builds(
    Identity,
    rows=DIGESTS,
    columns=st.dictionaries(NAMES, DIGESTS, max_size=4),
    definition=DIGESTS,
    layout=st.text("0123456789abcdef", min_size=32, max_size=32),
    kind=st.sampled_from(("table", "view")),
    parents=st.lists(NAMES, max_size=3).map(tuple),
    tests=st.text("0123456789abcdef", max_size=32),
)
STATES = st.builds(
    ModelState,
    name=NAMES,
    identity=IDENTITIES,
    as_of=st.dates(date(1900, 1, 1)),
    built_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    inputs=st.dictionaries(NAMES, st.one_of(st.none(), CONTENTS), max_size=3),
    content=st.one_of(st.none(), CONTENTS),
    version=st.just("0.1.0"),
)


def open_target(path: Path | None = None) -> Target:
    return ENGINES["duckdb"].open({"path": path or ":memory:"})


def write(target: Target, *states: ModelState) -> None:
    target.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for statement in state_statements(target.dialect, SCHEMA, states):
        target.execute(statement)


@given(states=st.lists(STATES, max_size=4, unique_by=lambda state: state.name), newer=STATES)
def test_states_are_read_as_they_were_written(states: list[ModelState], newer: ModelState) -> None:
    with open_target() as target:
        write(target, *states)
        assert read_states(target, SCHEMA) == {state.name: state for state in states}
        write(target, newer)
        assert read_states(target, SCHEMA) == {state.name: state for state in [*states, newer]}


def test_without_the_table_nothing_is_known() -> None:
    with open_target() as target:
        assert not has_state(target, SCHEMA)
        assert read_states(target, SCHEMA) == {}


def example() -> ModelState:
    identity = Identity("r", {"id": "d"}, "o", "l", "table", ("raw",))
    moment = datetime(2024, 5, 15, 12, tzinfo=UTC)
    return ModelState("totals", identity, AS_OF, moment, {"raw": Contents(3, "7")}, Contents(1, "8"), "0.1.0")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE {} SET column_digests = '{{'", "damaged: the row of model totals cannot be read"),
        ("UPDATE {} SET column_digests = '[]'", "damaged: the row of model totals cannot be read"),
        ("UPDATE {} SET column_digests = '{{\"id\": 5}}'", "damaged: the row of model totals cannot be read"),
        ("UPDATE {} SET sources = '{{\"raw\": 5}}'", "damaged: the row of model totals cannot be read"),
        ("UPDATE {} SET kind = 'heap'", "damaged: the row of model totals cannot be read"),
        ("UPDATE {} SET as_of = NULL", "damaged: the row of model totals cannot be read"),
        ("INSERT INTO {0} FROM {0}", "damaged: model totals has more than one row"),
        (f"UPDATE {{}} SET state_format = {FORMAT + 1}", "which a newer version of marketing_ibis wrote"),
        ("ALTER TABLE {} DROP layout", "another program created it: it has no column layout"),
        ("DROP TABLE {}; CREATE VIEW marts.build_state AS SELECT 1 AS id", "another program created it: it is a view"),
    ],
)
def test_a_state_that_cannot_be_read_is_named(statement: str, message: str) -> None:
    with open_target() as target:
        write(target, example())
        for part in statement.format("marts.build_state").split("; "):
            target.execute(part)
        with pytest.raises(UsageError, match=message) as e:
            read_states(target, SCHEMA)
        assert "marts.build_state" in str(e.value)
        assert e.value.exit_code == 2
        assert e.value.hint


@given(parts=st.lists(st.one_of(st.none(), st.dictionaries(st.sampled_from("abc"), CONTENTS, max_size=3)), max_size=4))
def test_parents_that_read_other_rows_of_a_source_have_no_common_state(
    parts: list[Mapping[str, Contents] | None],
) -> None:
    merged = merge_inputs(parts)
    assert (merged is None) == (None in parts)
    for name, contents in (merged or {}).items():
        read = {part[name] for part in parts if part and name in part}
        assert contents == (next(iter(read)) if len(read) == 1 else None)


def build(shop: Shop, *names: str) -> dict[str, ModelState]:
    """Build models of the shop and return the states afterwards."""
    dataflow = shop.project.compile(AS_OF)
    schemas = Schemas(shop.project.source_schema, shop.project.model_schema)
    plan = build_plan(dataflow, names or tuple(dataflow.models), ENGINES["duckdb"].dialect(), schemas)
    identities, moment = model_identities(dataflow), datetime.now(UTC)
    with shop.open() as target:
        run_plan(plan, target, record=lambda plan, *_: record_states(target, plan, identities, AS_OF, moment))
        return read_states(target, schemas.models)


def test_a_build_records_what_it_publishes(tmp_path: Path) -> None:
    states = build(make_shop(tmp_path))
    assert states.keys() == {"stg_sales", "totals", "halves", "report"}
    assert all(state.identity.is_known and state.inputs.keys() == {"raw_sales"} for state in states.values())
    assert states["stg_sales"].content is None
    assert states["halves"].content is not None
    assert states["halves"].content.rows == 2
    rows = {name: part.rows for name, part in states["report"].inputs.items() if part}
    assert rows == {"raw_sales": 3}


def test_what_is_built_from_current_tables_is_known(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    build(shop)
    states = build(shop, "report")
    assert states["report"].identity.is_known
    assert states["report"].inputs == states["totals"].inputs


def test_what_is_built_from_tables_that_were_changed_is_unknown(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    build(shop)
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("INSERT INTO dbt_marketing.halves VALUES (99, 1)")
    assert not build(shop, "report")["report"].identity.is_known


def test_what_is_built_from_an_earlier_version_of_a_parent_is_unknown(tmp_path: Path) -> None:
    build(make_shop(tmp_path / "before"))
    after = make_shop(tmp_path / "after", halves=SHOP["halves"].replace("/ 2", "/ 4"))
    shop = replace(after, database=tmp_path / "before" / "warehouse.duckdb")
    assert not build(shop, "report")["report"].identity.is_known
    assert build(shop, "halves", "report")["report"].identity.is_known


def test_a_view_that_is_not_built_is_read_with_the_present_rows_of_its_source(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    before = build(shop)
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("INSERT INTO dbt_production.sales VALUES (4, 10)")
    states = build(shop, "totals")
    assert states["totals"].identity.is_known
    assert states["totals"].inputs != before["totals"].inputs
    # One parent has the new rows, the other has the old ones.
    assert build(shop, "report")["report"].inputs == {"raw_sales": None}


def test_the_table_has_the_columns_that_are_documented(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    build(shop)
    with shop.open() as target:
        assert tuple(target.columns(Relation("dbt_marketing", "build_state"))) == tuple(COLUMNS)


def test_redshift_documents_the_statements() -> None:
    dialect = ENGINES["redshift"].dialect()
    statements = state_statements(dialect, SCHEMA, [example()], ["group analysts"])
    assert dialect.approve(statements) == statements
    assert len(statements) == 4
