"""Publishing replaces all tables in one transaction, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from marketing_ibis.build.publish import changes_columns, execute_all, is_published, publish_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import MarketingIbisError, RunFailed
from tests.shop import make_shop

T = TypeVar("T")
TOTALS, HALVES = Relation("marts", "totals"), Relation("marts", "halves")


@dataclass
class Recorder:
    """A target without an engine: ``existing`` is what its schema contains, ``executed`` what it was given.

    Its transactions fail with ``failure``; ``answers_after`` is what the schema contains then.
    """

    dialect: ClassVar[Dialect] = ENGINES["postgres"].dialect()
    existing: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)
    types: Mapping[Relation, Mapping[str, str]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    failure: MarketingIbisError | None = None
    answers_after: Mapping[str, str] | MarketingIbisError | None = None
    executed: list[str] = field(default_factory=list)
    replaced: list[Relation] = field(default_factory=list)

    def execute(self, sql: str) -> int | None:
        self.executed.append(sql)
        return self.rows.get(sql)

    def relations(self, schema: str) -> Mapping[str, str]:
        if self.replaced and isinstance(self.answers_after, MarketingIbisError):
            raise self.answers_after
        return self.existing

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        return self.held

    def columns(self, relation: Relation) -> Mapping[str, str]:
        return self.types[relation]

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        return work()

    @contextmanager
    def transaction(self, replaced: Sequence[Relation] = ()) -> Iterator[None]:
        self.replaced.extend(replaced)
        yield
        if self.failure:
            if isinstance(self.answers_after, Mapping):
                self.existing = self.answers_after
            raise self.failure


def test_the_rows_are_those_of_the_last_statement_that_wrote_any() -> None:
    target: Any = Recorder(rows={"a": 1, "b": 2})
    assert execute_all(target, ("a", "b", "c")) == 2
    assert execute_all(target, ("c",)) is None
    assert target.executed == ["a", "b", "c", "c"]


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        pytest.param(("totals", "halves"), True, id="all"),
        pytest.param(("totals", "halves", "others__candidate"), True, id="a candidate of others"),
        pytest.param(("totals", "halves", "halves__candidate"), False, id="a candidate is left"),
        pytest.param(("totals",), False, id="one is missing"),
        pytest.param(("totals", "halves__candidate"), False, id="one is a candidate alone"),
        pytest.param((), False, id="nothing"),
    ],
)
def test_published_is_what_has_replaced_every_candidate(existing: tuple[str, ...], *, expected: bool) -> None:
    assert is_published((TOTALS, HALVES), existing) is expected


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        pytest.param({"a": "int64", "b": "string"}, False, id="the same"),
        pytest.param({"b": "string", "a": "int64"}, True, id="in another order"),
        pytest.param({"a": "int64"}, True, id="one less"),
        pytest.param({"a": "int64", "b": "int64"}, True, id="of another type"),
    ],
)
def test_columns_change_by_name_type_and_order(candidate: dict[str, str], *, expected: bool) -> None:
    types = {TOTALS: {"a": "int64", "b": "string"}, TOTALS.candidate: candidate}
    target: Any = Recorder(types=types)
    assert changes_columns(target, TOTALS) is expected


def test_only_tables_are_locked_and_everything_is_in_one_transaction(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan()
    kinds = {step.relation.name: step.kind for step in plan.steps()}
    target: Any = Recorder(existing={**dict.fromkeys(kinds, "view"), "totals": "table", "totals__candidate": "table"})
    publish_plan(plan, target, ("before",), ("after",))
    assert [relation.name for relation in target.replaced] == ["totals"]
    assert (target.executed[0], target.executed[-1]) == ("before", "after")
    assert len(target.executed) > len(kinds)


def test_what_is_published_already_is_not_published_again(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan()
    target: Any = Recorder(existing={step.relation.name: "table" for step in plan.steps()})
    publish_plan(plan, target, ("before",), ("after",))
    assert target.executed == []


@pytest.mark.parametrize("changes", [True, False])
def test_a_view_of_others_holds_a_table_whose_columns_change(tmp_path: Path, *, changes: bool) -> None:
    plan = make_shop(tmp_path).plan()
    relation = next(step.relation for step in plan.steps() if step.relation.name == "totals")
    types = {relation: {"n": "int64"}, relation.candidate: {"n": "string" if changes else "int64"}}
    existing = {"totals": "table", "totals__candidate": "table"}
    target: Any = Recorder(existing=existing, held={"totals": (Relation("public", "report"),)}, types=types)
    if changes:
        with pytest.raises(RunFailed, match=r"the view public\.report depends on .*totals, whose columns change"):
            publish_plan(plan, target, (), ())
        assert target.executed == []
    else:
        publish_plan(plan, target, (), ())
        assert any(statement.startswith("TRUNCATE TABLE") for statement in target.executed)


CANDIDATES = {"totals": "table", "totals__candidate": "table"}


@pytest.mark.parametrize(
    ("failure", "hint"),
    [
        pytest.param(RunFailed("locked", is_temporary=True), "Run again.", id="temporary"),
        pytest.param(RunFailed("refused"), "Remove the cause, then run again.", id="lasting"),
        pytest.param(RunFailed("refused", hint="Ask the owner."), "Ask the owner.", id="with a hint"),
    ],
)
def test_a_failure_says_that_nothing_was_published_and_what_to_do(
    tmp_path: Path, failure: RunFailed, hint: str
) -> None:
    target: Any = Recorder(existing=CANDIDATES, failure=failure)
    with pytest.raises(RunFailed, match=f"^Nothing was published: {failure.message}") as caught:
        publish_plan(make_shop(tmp_path).plan(), target, (), ())
    assert caught.value.hint == f"The published tables are unchanged. {hint}"
    assert caught.value.is_temporary is failure.is_temporary


def test_a_failure_after_publishing_is_none(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan()
    published = {step.relation.name: "table" for step in plan.steps()}
    target: Any = Recorder(existing=CANDIDATES, failure=RunFailed("no answer"), answers_after=published)
    publish_plan(plan, target, (), ())
    assert target.executed


@pytest.mark.parametrize("is_temporary", [True, False])
def test_without_an_answer_the_outcome_is_unknown(tmp_path: Path, *, is_temporary: bool) -> None:
    lost = RunFailed("gone", is_temporary=is_temporary)
    target: Any = Recorder(existing=CANDIDATES, failure=RunFailed("no answer"), answers_after=lost)
    with pytest.raises(RunFailed, match=r"^Could not confirm whether the tables were published: no answer") as caught:
        publish_plan(make_shop(tmp_path).plan(), target, (), ())
    assert caught.value.is_temporary is is_temporary
