"""A plan that is written to a file is read back equal, and a file that is not such a plan is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.plain_data import MISFIT, from_plain, to_plain
from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.plan_file import FORMAT, PlanFile, digest_of, document_of, read_plan, write_plan
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.project_facts import project_facts
from marketing_ibis.build.world import ExistingTable, World
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import UsageError
from marketing_ibis.lineage.width_rules import Sum, Widest, Width, WidthOf
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.testing.collect import declared_data_tests
from tests.shop import make_shop
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow


@cache
def demo_plan(engine: str) -> Plan:
    dataflow, dialect = compiled_dataflow(GOLDEN_AS_OF), ENGINES[engine].dialect()
    data_tests = declared_data_tests(dataflow)
    plan = build_plan(dataflow, tuple(dataflow.models), dialect, Schemas(), data_tests)
    return replace(plan, facts=project_facts(dataflow, plan, data_tests, ["customers"]))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_plan_of_the_project_is_read_as_it_was_written(tmp_path: Path, engine: str) -> None:
    plan = demo_plan(engine)
    orders = Relation("dbt_marketing", "orders")
    world = World({orders: ExistingTable("table", {"order_id": "int64"})}, {"orders": "0123456789abcdef"})
    written = PlanFile(plan, "shop", "2024-05-15T12:00:00+00:00", {"orders": "it is not published yet"}, world)
    read = read_plan(write_plan(written, tmp_path / "plan.json"))
    assert read == written
    assert read.plan.engine == engine
    assert list(read.plan.steps()) == list(plan.steps())
    assert read.plan.facts.identities == plan.facts.identities
    # Nothing of the compiler is in it.
    assert "ibis" not in {type(value).__module__.partition(".")[0] for value in vars_of(read.plan)}


def vars_of(plan: Plan) -> list[object]:
    return [
        getattr(step, name) for step in plan.steps() for name in ("columns", "build", "publish", "widths", "limits")
    ]


NAMES = st.text(max_size=4)
RELATIONS = st.builds(Relation, NAMES, NAMES)
WIDTHS = st.recursive(
    st.integers(0, 9) | st.builds(WidthOf, NAMES, NAMES),
    lambda inner: (
        st.builds(Widest, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Sum, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


@dataclass(frozen=True, slots=True)
class Everything:
    """A record with a field of every kind that plans have."""

    text: str
    number: float
    kind: Literal["table", "view"]
    day: date
    other_day: date | None
    age: timedelta | None
    mixed: str | int | float | bool | tuple[str | int | float | bool | None, ...] | None
    widths: Mapping[str, Width]
    by_relation: Mapping[Relation, tuple[str, ...]]
    pairs: tuple[tuple[str, int], ...]
    names: frozenset[str]
    refs: frozenset[ColumnRef]


PLAIN = NAMES | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
EVERYTHING = st.builds(
    Everything,
    NAMES,
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["table", "view"]),
    st.dates(),
    st.none() | st.dates(),
    st.none() | st.timedeltas(timedelta(days=-999), timedelta(days=999)),
    PLAIN | st.lists(PLAIN, max_size=3).map(tuple),
    st.dictionaries(NAMES, WIDTHS, max_size=3),
    st.dictionaries(RELATIONS, st.lists(NAMES, max_size=3).map(tuple), max_size=3),
    st.lists(st.tuples(NAMES, st.integers()), max_size=3).map(tuple),
    st.frozensets(NAMES, max_size=3),
    st.frozensets(st.builds(ColumnRef, NAMES, NAMES), max_size=3),
)


@given(record=EVERYTHING)
def test_records_are_read_as_they_were_written(record: Everything) -> None:
    assert from_plain(Everything, json.loads(json.dumps(to_plain(record)))) == record


@given(record=EVERYTHING, field=st.sampled_from(["text", "kind", "day", "widths", "by_relation", "names"]))
def test_a_field_of_another_kind_is_refused(record: Everything, field: str) -> None:
    document = to_plain(record)
    for wrong in ({**document, field: 5}, {**document, "more": 5}, {k: v for k, v in document.items() if k != field}):
        with pytest.raises(MISFIT):
            from_plain(Everything, wrong)


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    return document_of(PlanFile(make_shop(tmp_path).plan(), "shop", "2024-05-15T12:00:00+00:00"))


def sealed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a document with changes, and the digest that its writer would have given it."""
    changed = {**document, **changes}
    head = {key: changed[key] for key in ("kind", "format", "engine")}
    content = {key: value for key, value in changed.items() if key not in (*head, "digest")}
    return {**changed, "digest": digest_of(head, content)}


def refusal(path: Path, text: str) -> UsageError:
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_plan(path)
    assert str(path) in caught.value.message
    assert caught.value.exit_code == 2
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"kind": "manifest"}', "[" * 100_000, "\x00"])
def test_a_file_that_is_not_a_plan_is_refused(tmp_path: Path, text: str) -> None:
    assert "is not a plan" in refusal(tmp_path / "plan.json", text).message


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"The plan .* does not exist"):
        read_plan(tmp_path / "plan.json")


def test_a_plan_of_a_newer_version_is_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    newer = sealed(document, format=FORMAT + 1, something={"new": True})
    message = refusal(tmp_path / "plan.json", json.dumps(newer)).message
    assert f"has format {FORMAT + 1}, which a newer version of marketing_ibis wrote" in message


def test_a_plan_that_was_changed_is_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert read_plan_of(tmp_path, text).plan.engine == "duckdb"
    for change in (("CREATE TABLE", "CREATE  TABLE"), ("2024-05-15", "2024-05-16"), ('"totals"', '"total"')):
        assert change[0] in text
        assert "was changed after it was written" in refusal(tmp_path / "plan.json", text.replace(*change)).message


def test_white_space_and_the_order_of_keys_do_not_count(tmp_path: Path, document: dict[str, Any]) -> None:
    backwards = dict(reversed(document.items()))
    assert read_plan_of(tmp_path, json.dumps(backwards, indent=4)) == read_plan_of(tmp_path, json.dumps(document))


def read_plan_of(folder: Path, text: str) -> PlanFile:
    (folder / "plan.json").write_text(text)
    return read_plan(folder / "plan.json")


@pytest.mark.parametrize("changes", [{"engine": "oracle"}, {"plan": {}}, {"plan": []}, {"world": 5}, {"reasons": None}])
def test_a_plan_of_another_form_is_refused(tmp_path: Path, document: dict[str, Any], changes: dict[str, Any]) -> None:
    message = refusal(tmp_path / "plan.json", json.dumps(sealed(document, **changes))).message
    assert "does not read" in message or "not an engine" in message
