"""Compiling checks the dataflow without a database and names the errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ibis
import pytest

from marketing_ibis.errors import CompileError, ConfigurationError, ContractBroken, CyclicModels, UnknownModel
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, make_shop

RULES = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class SaleRules:
        least: int = 0
        share: float = 0.5
        names: tuple[str, ...] = ("a",)

        def __post_init__(self):
            if self.least < 0:
                raise ValueError("least must not be negative")

    @model(layer="staging", grain=("id",), columns=(column("id", "int64", "Key."), column("cents", "int64", "Price.")))
    def stg_sales(raw_sales: ir.Table, sale_rules: SaleRules = SaleRules()) -> ir.Table:
        '''Sales that count.'''
        return raw_sales.filter(raw_sales.cents > sale_rules.least)
    """


def test_models_know_parents_schema_and_description(tmp_path: Path) -> None:
    dataflow = make_shop(tmp_path).project.compile(AS_OF)
    report = dataflow.models["report"]
    assert set(dataflow.sources) == {"raw_sales"}
    assert report.parents == ("totals", "halves")
    assert report.description == "The report."
    assert list(report.schema) == ["n"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            ('column("cents", "int64"', 'column("cent", "int64"'),
            "cent is missing; cents is not declared",
            id="name",
        ),
        pytest.param(
            ('column("cents", "int64"', 'column("cents", "int32"'),
            "cents is int64, declared int32",
            id="type",
        ),
        pytest.param(
            ("n=stg_sales.count(), cents=stg_sales.cents.sum()", "cents=stg_sales.cents.sum(), n=stg_sales.count()"),
            "a different order than declared: cents, n",
            id="order",
        ),
    ],
)
def test_a_broken_contract_names_model_and_column(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    shop = make_shop(tmp_path, totals=SHOP["totals"].replace(*change))
    with pytest.raises(ContractBroken, match=f"Model totals does not match its contract: .*{message}"):
        shop.project.compile(AS_OF)


def test_an_unknown_parameter_is_named_with_the_nearest(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals=SHOP["totals"].replace("stg_sales: ir.Table", "stg_sale: ir.Table"))
    with pytest.raises(
        UnknownModel, match="totals has a parameter stg_sale, which is not a model, source or input"
    ) as e:
        shop.project.compile(AS_OF)
    assert "stg_sales" in e.value.hint


def test_a_circle_is_named(tmp_path: Path) -> None:
    shop = make_shop(
        tmp_path, stg_sales=SHOP["stg_sales"].replace("raw_sales: ir.Table", "raw_sales: ir.Table, report: ir.Table")
    )
    with pytest.raises(CyclicModels, match="report"):
        shop.project.compile(AS_OF)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("return stg_sales.selct('n')", "AttributeError", id="attribute"),
        pytest.param("return stg_sales.filter(stg_sales.nothing)", "nothing", id="column"),
        pytest.param("return 1 / 0", "ZeroDivisionError", id="any error"),
        pytest.param("raise SystemExit(0)", "SystemExit: 0", id="exit"),
    ],
)
def test_an_error_in_a_model_names_model_file_and_line(tmp_path: Path, body: str, message: str) -> None:
    wrong = SHOP["totals"].replace("return stg_sales.agg(n=stg_sales.count(), cents=stg_sales.cents.sum())", body)
    shop = make_shop(tmp_path, totals=wrong)
    with pytest.raises(CompileError, match=f"Model totals cannot be built: .*{message}") as e:
        shop.project.compile(AS_OF)
    assert "totals.py:" in e.value.hint


def test_a_model_must_return_a_table(tmp_path: Path) -> None:
    wrong = SHOP["totals"].replace(
        "return stg_sales.agg(n=stg_sales.count(), cents=stg_sales.cents.sum())", "return None"
    )
    with pytest.raises(
        CompileError,
        match=r"Model totals returns NoneType, not an Ibis table\.\nSee .*totals\.py:\d+\. Is a return missing\?",
    ):
        make_shop(tmp_path, totals=wrong).project.compile(AS_OF)


def test_a_module_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals="import nothing_of_this_name\n")
    with pytest.raises(CompileError, match=r"Module shop_\d+\.totals cannot be imported: ModuleNotFoundError"):
        shop.project.compile(AS_OF)


def test_a_module_that_ends_python_is_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals="import sys\nsys.exit(0)\n")
    with pytest.raises(CompileError, match=r"Module shop_\d+\.totals cannot be imported: SystemExit: 0") as e:
        shop.project.compile(AS_OF)
    assert "totals.py:" in e.value.hint


@pytest.mark.parametrize("section", ["vars.sale_rules", "targets.prod.vars.sale_rules"])
def test_variables_are_set_for_all_targets_or_for_one(tmp_path: Path, section: str) -> None:
    project = make_shop(tmp_path, settings=f"[tool.marketing_ibis.{section}]\nleast = 200\n", stg_sales=RULES).project
    dataflow = project.for_target("prod").compile(AS_OF)
    assert "200" in ibis.to_sql(dataflow.models["stg_sales"].expression)


def test_variables_of_a_command_win(tmp_path: Path) -> None:
    settings = "[tool.marketing_ibis.vars.sale_rules]\nleast = 200\n"
    project = make_shop(tmp_path, settings=settings, stg_sales=RULES).project
    for command_vars, expected in [({}, "200"), ({"sale_rules": {"least": 7}}, "7"), ({"sale_rules": {}}, "200")]:
        dataflow = replace(project, command_vars=command_vars).compile(AS_OF)
        assert dataflow.inputs["sale_rules"].least == int(expected)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{sale_rule: {least: 1}}", "--vars sets sale_rule, which no model uses. Did you mean", id="rules"),
        pytest.param("{sale_rules: {lest: 1}}", "--vars sale_rules.lest is unknown. Did you mean least?", id="field"),
        pytest.param('{"sale_rules": {"least": 1.5}}', "least is 1.5, not a whole number", id="wrong type"),
        pytest.param("{least: 4}", "Write --vars '{sale_rules: {least: 4}}'.", id="flat"),
        pytest.param("{sale_rules: 4}", "Write --vars '{sale_rules: {THRESHOLD: VALUE}}'.", id="no table"),
        pytest.param("{other: 4}", "Known: sale_rules.", id="unknown and flat"),
        pytest.param("text", "--vars is 'text', not a table of variables.", id="text"),
        pytest.param("[1]", "not a table of variables", id="list"),
        pytest.param("{1: {a: 2}}", "not a table of variables", id="number as name"),
        pytest.param("{a: {", "--vars is not YAML or JSON", id="YAML"),
        pytest.param("{sale_rules: {least: 1, least: 2}}", "--vars sets least twice.", id="twice"),
        pytest.param("!!python/object:os.system {}", "--vars is not YAML or JSON", id="Python object"),
    ],
)
@pytest.mark.usefixtures("own_modules")
def test_wrong_variables_of_a_command_are_one_message(tmp_path: Path, text: str, message: str) -> None:
    shop = make_shop(tmp_path, stg_sales=RULES)
    where = ("--project-dir", str(shop.root), "--target-path", str(tmp_path / "target"))
    assert message in " ".join(invoke("compile", "--vars", text, *where, code=2).output.split())


def test_variables_without_a_model_that_has_rules_say_what_is_missing(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, settings="[tool.marketing_ibis.vars.RULES]\nleast = 1\n")
    with pytest.raises(ConfigurationError, match="sets RULES, which no model uses") as caught:
        shop.project.compile(AS_OF)
    assert caught.value.hint == "No model has a parameter whose default is a frozen dataclass."


def test_variables_override_rules(tmp_path: Path) -> None:
    settings = "[tool.marketing_ibis.vars.sale_rules]\nleast = 200\n"
    shop = make_shop(tmp_path, settings=settings, stg_sales=RULES)
    sql = next(step.select for step in shop.plan().steps() if step.name == "stg_sales")
    assert "> 200" in sql


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rule]\nleast = 1", "sets sale_rule, which no model uses", id="rules"
        ),
        pytest.param("[tool.marketing_ibis.vars.sale_rules]\nlest = 1", "sale_rules.lest is unknown", id="field"),
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rules]\nleast = 1.5",
            "sale_rules.least is 1.5, not a whole number",
            id="float for int",
        ),
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rules]\nleast = true",
            "sale_rules.least is True, not a whole number",
            id="bool for int",
        ),
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rules]\nshare = 'x'",
            "sale_rules.share is 'x', not a number",
            id="text for float",
        ),
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rules]\nnames = [1]", r"sale_rules.names is \[1\]", id="wrong item"
        ),
        pytest.param(
            "[tool.marketing_ibis.vars.sale_rules]\nleast = -1", "sale_rules: least must not be negative", id="refused"
        ),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, setting: str, message: str) -> None:
    shop = make_shop(tmp_path, settings=setting, stg_sales=RULES)
    with pytest.raises(ConfigurationError, match=message):
        shop.project.compile(AS_OF)


def test_materialized_is_overridden_by_the_settings(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, settings='[tool.marketing_ibis.models.totals]\nmaterialized = "view"\n')
    assert shop.project.nodes()["totals"].materialized == "view"
    assert shop.project.compile(AS_OF).models["totals"].declaration.materialized == "view"
