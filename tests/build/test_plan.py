"""A plan names the column that cannot be compiled, excludes failed models, and drops relations that are in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest

from marketing_ibis.build.plan import (
    Plan,
    Schemas,
    build_statements,
    find_dependent_views,
    leftover_statements,
    maintenance_statements,
    passing_part,
    publish_statements,
    script,
)
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import CompileError, RefusedByRedshift
from tests.shop import AS_OF, SHOP, make_shop
from tests.testing.test_gate import plan_of, shop_with

HALVES_AS_VIEW = SHOP["halves"].replace('layer="marts"', 'layer="marts", materialized="view"')
DROP = 'DROP {} IF EXISTS "dbt_marketing"."{}"'


class WithoutRoots(Dialect):
    """An engine without square roots, logarithms, which its gate refuses, and tables of more than two columns."""

    def select(self, expression: ir.Table) -> str:
        if expression.op().find(ops.Sqrt):
            raise CompileError("there is no square root", hint="Use the power of 0.5.")
        if expression.op().find(ops.Ln):
            raise RefusedByRedshift("column half: there is no logarithm")
        if len(expression.columns) > 2:
            raise CompileError("there are too many columns")
        return super().select(expression)


def without_roots() -> Dialect:
    dialect = ENGINES["duckdb"].dialect()
    return WithoutRoots(**{field.name: getattr(dialect, field.name) for field in fields(Dialect)})


def refusal(folder: Path, **changes: str) -> CompileError:
    dataflow = make_shop(folder, **changes).project.compile(AS_OF)
    with pytest.raises(CompileError) as caught:
        build_plan(dataflow, tuple(dataflow.models), without_roots(), Schemas())
    return caught.value


def test_the_column_that_an_engine_cannot_compute_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, halves=SHOP["halves"].replace("stg_sales.cents / 2", "stg_sales.cents.sqrt()"))
    assert error.message.endswith("column half: there is no square root")
    assert error.hint == "Use the power of 0.5."


def test_the_model_that_the_gate_refuses_is_named_with_what_the_gate_says(tmp_path: Path) -> None:
    error = refusal(tmp_path, halves=SHOP["halves"].replace("stg_sales.cents / 2", "stg_sales.cents.ln()"))
    assert isinstance(error, RefusedByRedshift)
    assert error.message == "Model halves cannot be compiled for duckdb: column half: there is no logarithm"


def test_an_aggregated_column_is_named_too(tmp_path: Path) -> None:
    summed = SHOP["totals"].replace("stg_sales.cents.sum()", "stg_sales.cents.sqrt().sum().cast('int64')")
    error = refusal(tmp_path, totals=summed)
    assert error.message.endswith("column cents: there is no square root")


def test_no_column_is_named_when_all_of_them_fail(tmp_path: Path) -> None:
    filtered = SHOP["stg_sales"].replace("raw_sales.cents > 0", "raw_sales.cents.sqrt() > 0")
    error = refusal(tmp_path, stg_sales=filtered)
    assert error.message.endswith("there is no square root")
    assert "column" not in error.message


def test_no_column_is_named_when_each_can_be_compiled_by_itself(tmp_path: Path) -> None:
    wide = SHOP["halves"].replace('column("half"', 'column("again", "int64", "Key."), column("half"')
    error = refusal(tmp_path, halves=wide.replace('"id", half', '"id", again=stg_sales.id, half'))
    assert "column" not in error.message.removesuffix("there are too many columns")
    assert error.hint.startswith("Change the expression")


def plan_with_two_views(folder: Path, engine: str) -> Plan:
    dataflow = make_shop(folder, halves=HALVES_AS_VIEW).project.compile(AS_OF)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES[engine].dialect(), Schemas())


def before_the_first_view_is_created(plan: Plan, kinds: dict[str, Any], *unreplaceable: str) -> list[str]:
    statements = publish_statements(plan, kinds, [Relation("dbt_marketing", name) for name in unreplaceable])
    first = next(place for place, text in enumerate(statements) if text.startswith("CREATE"))
    return list(statements[:first])


def test_views_are_dropped_before_the_tables_that_they_read(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    candidates = [DROP.format("VIEW", f"{name}__candidate") for name in ("halves", "stg_sales")]
    assert before_the_first_view_is_created(plan, {}) == candidates
    assert before_the_first_view_is_created(plan, {"stg_sales": "view", "halves": "table", "totals": "view"}) == [
        DROP.format("VIEW", "totals"),
        candidates[0],
        DROP.format("VIEW", "stg_sales"),
        candidates[1],
    ]


def test_a_view_that_another_view_reads_is_not_dropped(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    dropped = before_the_first_view_is_created(plan, {"stg_sales": "view", "halves": "view"}, "stg_sales")
    names = ("halves", "halves__candidate", "stg_sales__candidate")
    assert dropped == [DROP.format("VIEW", name) for name in names]


def test_a_view_of_somebody_else_holds_what_it_reads_through_views_of_the_plan(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    own, stranger = Relation("dbt_marketing", "halves"), Relation("public", "summary")
    sales, totals = (Relation("dbt_marketing", name) for name in ("stg_sales", "totals"))
    # A view of the plan is dropped and created again, so it contains no rows itself.
    assert find_dependent_views(plan, {"stg_sales": (own,)}) == {}
    assert find_dependent_views(plan, {"totals": (stranger,)}) == {totals: stranger}
    assert find_dependent_views(plan, {"stg_sales": (own,), "halves": (stranger,)}) == {own: stranger, sales: own}


def test_no_relation_is_dropped_twice(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    statements = publish_statements(plan, {"stg_sales": "view", "halves": "table", "totals": "view"})
    dropped = [text for text in statements if text.startswith("DROP") and "__candidate" not in text]
    relations = [("VIEW", "totals"), ("VIEW", "stg_sales"), ("TABLE", "halves")]
    assert dropped == [DROP.format(kind, name) for kind, name in relations]


def test_engines_whose_views_bind_nothing_drop_no_view_first(tmp_path: Path) -> None:
    assert not before_the_first_view_is_created(plan_with_two_views(tmp_path, "duckdb"), {})


def waves(plan: Plan) -> list[list[str]]:
    return [[step.name for step in wave] for wave in plan.waves]


def names(relations: Iterable[Relation]) -> list[str]:
    return [str(relation) for relation in relations]


def test_a_model_alone_reads_what_is_published(tmp_path: Path) -> None:
    plan = plan_of(shop_with(tmp_path, stg_sales="unique()", halves="unique()", raw_sales="unique()"), "halves")
    assert waves(plan) == [["halves"]]
    assert {str(relation): readers for relation, readers in plan.published_parents.items()} == {
        "dbt_marketing.stg_sales": ("halves",)
    }
    assert names(plan.sources) == []
    # A published view computes its rows from the table that it reads.
    assert names(plan.tables_read) == ["dbt_production.sales"]
    assert [batch.node for batch in plan.batches] == ["halves"]


def test_a_source_is_tested_with_the_models_that_read_it_or_alone(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, stg_sales="unique()", raw_sales="unique()")
    for selected, tested in {"stg_sales": ["raw_sales", "stg_sales"], "raw_sales": ["raw_sales"]}.items():
        plan = plan_of(shop, selected)
        assert [batch.node for batch in plan.batches] == tested
        assert names(plan.sources) == ["dbt_production.sales"]


def test_a_published_table_is_read_and_not_what_it_was_built_from(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan("report")
    assert names(plan.tables_read) == names(plan.published_parents) == ["dbt_marketing.halves", "dbt_marketing.totals"]


def test_a_plan_knows_the_columns_that_only_the_settings_ask_for(tmp_path: Path) -> None:
    settings = '[tool.marketing_ibis.sources.raw_sales]\noptional = ["note"]\n'
    noted = SHOP["raw_sales"].replace('"Price."))', '"Price."), column("note", "string", "Note.", optional=True))')
    without = SHOP["stg_sales"].replace("raw_sales.cents > 0)", "raw_sales.cents > 0).select('id', 'cents')")
    plan = make_shop(tmp_path, settings=settings, raw_sales=noted, stg_sales=without).plan("stg_sales")
    assert plan.optional == {Relation("dbt_production", "sales"): ("note",)}


def test_each_published_table_is_needed_by_the_models_that_read_it(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan("halves", "report")
    assert {str(relation): readers for relation, readers in plan.published_parents.items()} == {
        "dbt_marketing.stg_sales": ("halves",),
        "dbt_marketing.totals": ("report",),
    }


def test_a_view_between_two_selected_models_is_built_with_them(tmp_path: Path) -> None:
    plan = make_shop(tmp_path, halves=HALVES_AS_VIEW).plan("stg_sales", "report")
    assert waves(plan) == [["stg_sales"], ["halves"], ["report"]]
    assert names(plan.published_parents) == ["dbt_marketing.totals"]


def test_published_tables_are_maintained_and_views_are_not(tmp_path: Path) -> None:
    analyzed = [f'ANALYZE "dbt_marketing"."{name}"' for name in ("totals", "report")]
    assert list(maintenance_statements(plan_with_two_views(tmp_path, "redshift"))) == analyzed


def test_postgresql_looks_at_a_table_once_it_is_filled_and_again_only_if_it_is_refilled(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    analyzed = [text for step in plan.steps() for text in step.build if text.startswith("ANALYZE")]
    assert analyzed == [f'ANALYZE "dbt_marketing"."{name}__candidate"' for name in ("totals", "report")]
    assert maintenance_statements(plan) == ()
    refilled = [step.relation for step in plan.steps() if step.name in ("halves", "totals")]
    assert maintenance_statements(plan, refilled) == ('ANALYZE "dbt_marketing"."totals"',)


def test_a_warning_does_not_make_a_model_depend_on_what_it_was_compared_with(tmp_path: Path) -> None:
    compared = "relationships('halves', 'id', severity='{}')"
    for severity, left in {"warn": [["stg_sales"], ["totals"]], "error": []}.items():
        plan = plan_of(shop_with(tmp_path / severity, stg_sales=compared.format(severity)))
        assert waves(passing_part(plan, {"halves"})) == left


def test_a_failed_source_that_a_test_alone_reads_leaves_out_nothing(tmp_path: Path) -> None:
    plan = plan_of(shop_with(tmp_path, halves="relationships('raw_sales', 'id')"), "halves", "raw_sales")
    assert waves(passing_part(plan, {"raw_sales"})) == [["halves"]]


def test_a_failure_leaves_out_what_is_built_from_it(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan()
    assert waves(passing_part(plan, ())) == [["stg_sales"], ["halves", "totals"], ["report"]]
    assert waves(passing_part(plan, {"halves"})) == [["stg_sales"], ["totals"]]
    assert waves(passing_part(plan, {"stg_sales"})) == []


def test_a_view_that_failed_is_made_again_where_it_reads_what_was_published(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "duckdb")
    released = passing_part(plan, {"halves", "totals"})
    before, after = leftover_statements(plan, released, ["stg_sales", "halves", "totals"])
    assert before == (DROP.format("VIEW", "halves__candidate"),)
    (view,) = after
    assert view.startswith('CREATE VIEW "dbt_marketing"."halves__candidate" AS')
    assert 'FROM "dbt_marketing"."stg_sales" AS' in view


def test_a_view_that_was_not_built_is_not_made_again(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "duckdb")
    assert leftover_statements(plan, passing_part(plan, {"halves"}), ["stg_sales", "totals"]) == ((), ())


def test_a_script_drops_candidates_then_builds_then_publishes_in_a_transaction(tmp_path: Path) -> None:
    plan = plan_with_two_views(tmp_path, "postgres")
    statements = script(plan)
    steps = {step.name: step for step in plan.steps()}
    candidates = ("report", "totals", "halves", "stg_sales")
    assert list(statements[1:5]) == [
        plan.dialect.drop_existing(steps[name].relation.candidate, steps[name].kind) for name in candidates
    ]
    assert set(statements) >= {text for step in plan.steps() for text in build_statements(plan, step)}
    begin = max(place for place, text in enumerate(statements) if text == "BEGIN")
    commit = max(place for place, text in enumerate(statements) if text == "COMMIT")
    drops = [
        plan.dialect.drop_existing(steps[name].relation, steps[name].kind)
        for name in ("halves", "stg_sales", "report", "totals")
    ]
    assert statements[begin + 1 : commit] == (*drops, *publish_statements(plan, {}))
    assert statements[commit + 1 :] == maintenance_statements(plan)


@pytest.mark.parametrize("engine", ["postgres", "redshift"])
def test_a_script_fills_a_table_in_the_transaction_that_creates_it(tmp_path: Path, engine: str) -> None:
    plan = plan_with_two_views(tmp_path, engine)
    statements = script(plan)
    for step in plan.steps():
        if step.kind == "table":
            build = build_statements(plan, step)
            first = statements.index(build[0])
            assert statements[first - 1 : first + len(build) + 1] == ("BEGIN", *build, "COMMIT")
