"""The written documents refer to nothing that does not exist, and keep to their formats."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import sqlglot
import yaml

from marketing_ibis.outputs.semantics.bsl import bsl_files
from marketing_ibis.outputs.semantics.lookml import TIMEFRAMES, lookml_files
from marketing_ibis.outputs.semantics.osi import osi_files
from marketing_ibis.outputs.semantics.records import Dimension, Entity, Measure, SemanticModel
from tests.outputs.semantics.shops import model

Block = dict[str, object]
TOKENS = re.compile(
    r'#[^\n]*|(?P<string>"(?:\\.|[^"\\])*")|(?P<sql>(?:sql|sql_on|sql_table_name):.*?;;)|(?P<word>[^\s"]+)'
)


def parse(text: str) -> list[Block]:
    """Return the blocks of LookML: each with its kind, name, parameters and blocks."""
    # A list is one word to this reader.
    text = re.sub(r"\[[^\]\n]*\]", lambda match: match[0].replace(" ", ""), text)
    top: Block = {"blocks": []}
    open_blocks, words = [top], []
    for match in TOKENS.finditer(text):
        token = match[0]
        if token.startswith("#"):
            continue
        if match["sql"]:
            key, _, sql = token.partition(":")
            open_blocks[-1][key] = sql.removesuffix(";;").strip()
        elif token == "{":
            block: Block = {"kind": words[-2].removesuffix(":"), "name": words[-1], "blocks": []}
            open_blocks[-1]["blocks"].append(block)
            open_blocks.append(block)
        elif token == "}":
            open_blocks.pop()
        else:
            if words and words[-1].endswith(":"):
                open_blocks[-1][words[-1][:-1]] = token
            words.append(token)
    assert open_blocks == [top]
    return top["blocks"]


@cache
def views() -> dict[str, Block]:
    found = [parse(text) for path, text in lookml_files(model()).items() if path.startswith("views/")]
    return {view["name"]: view for (view,) in found}


@cache
def explores() -> list[Block]:
    return parse(lookml_files(model())["shop.model.lkml"])


def fields(view: Block) -> list[str]:
    """Return the names of the fields of a view, with those that Looker makes of a group of dates."""
    names = []
    for field in view["blocks"]:
        is_group = field["kind"] == "dimension_group"
        names += [f"{field['name']}_{each}" for each in TIMEFRAMES if each in field["timeframes"]] if is_group else []
        names += [] if is_group else [field["name"]]
    return names


def test_each_field_of_a_view_has_a_name_of_its_own() -> None:
    for name, view in views().items():
        repeated = [field for field, count in Counter(fields(view)).items() if count > 1]
        assert not repeated, (name, repeated)


def test_fields_refer_to_columns_and_fields_of_their_view() -> None:
    for entity in model().entities:
        view = views()[entity.name]
        names = {field["name"] for field in view["blocks"]}
        columns = {dimension.name for dimension in entity.dimensions}
        assert view["sql_table_name"] == f"dbt_marketing.{entity.name}"
        for field in view["blocks"]:
            sql = field.get("sql", "")
            assert set(re.findall(r"\$\{TABLE\}\.(\w+)", sql)) <= columns
            assert set(re.findall(r"\$\{(\w+)\}", sql)) - {"TABLE"} <= names
            assert sql or field["type"] == "count"


def test_each_view_with_a_key_has_one_primary_key() -> None:
    for entity in model().entities:
        keys = [field["name"] for field in views()[entity.name]["blocks"] if field.get("primary_key") == "yes"]
        assert len(keys) == 1, entity.name


def test_no_string_of_a_key_is_cut() -> None:
    """Redshift reads VARCHAR as VARCHAR(256): only numbers, dates and truths are cast to it."""
    casts = [
        (entity.dimension(column).type, entity.name)
        for entity in model().entities
        for field in views()[entity.name]["blocks"]
        for column in re.findall(r"CAST\(\$\{TABLE\}\.(\w+) AS VARCHAR\)", field.get("sql", ""))
    ]
    assert casts
    assert "string" not in dict(casts)


def test_explores_join_fields_that_exist() -> None:
    by_view = {name: fields(view) for name, view in views().items()}
    assert {explore["name"] for explore in explores()} == {entity.name for entity in model().entities}
    for explore in explores():
        joined = {explore["name"]: explore["name"]}
        for join in explore["blocks"]:
            joined[join["name"]] = join.get("from", join["name"])
            start, end = re.findall(r"\$\{(\w+)\.(\w+)\}", join["sql_on"])
            assert join["relationship"] in ("many_to_one", "one_to_one")
            assert end[0] == join["name"]
            for alias, field in (start, end):
                assert field in by_view[joined[alias]]


def test_money_shares_and_counts_are_shown_by_their_unit() -> None:
    measures = {field["name"]: field for field in views()["customer_cohorts"]["blocks"] if field["kind"] == "measure"}
    assert measures["cohort_revenue"]["value_format_name"] == "usd"
    assert measures["total_orders"]["value_format_name"] == "decimal_0"
    assert measures["retention_rate"]["value_format"] == r'"0.0\"%\""'
    shares = {field["name"]: field for field in views()["product_performance"]["blocks"]}
    assert shares["return_rate"]["value_format_name"] == "percent_1"


def hostile() -> SemanticModel:
    dimensions = (
        Dimension("Straße 1", "string", 'Said "no"; ended \\ ; ;;\nand {{ went }} on.'),
        Dimension("at_date", "date", ""),
        Dimension("at_day", "date", ""),
        Dimension("x", "integer", "", "cents", is_aggregated=True),
    )
    measures = (Measure("x", "sum", "decimal", "", "dollars", divisor=100),)
    return SemanticModel(
        "m", "M", (Entity("t", "My schema", "", ("x", "at_date"), (), "", "", (), dimensions, measures),)
    )


def test_names_and_texts_are_quoted_as_each_format_needs_it() -> None:
    text = lookml_files(hostile())["views/t.view.lkml"]
    (view,) = parse(text)
    assert view["sql_table_name"] == '"My schema".t'
    (dimension, first, second) = [f for f in view["blocks"] if f["kind"].startswith("dimension")][1:4]
    assert dimension["sql"] == '${TABLE}."Straße 1"'
    assert re.fullmatch(r"[a-z0-9_]+", dimension["name"])
    assert {first["name"], second["name"]} == {"at_date", "at_day"}
    assert "${TABLE}.x / 100.0" in text
    assert yaml.safe_load(osi_files(hostile())["m.osi.yaml"])
    (declared,) = yaml.safe_load(bsl_files(hostile())["m.bsl.yml"]).values()
    assert declared["dimensions"]["Straße 1"]["expr"] == "_['Straße 1']"


@cache
def document() -> dict:
    (text,) = osi_files(model()).values()
    return yaml.safe_load(text)


ALLOWED = {
    "document": {"version", "semantic_model"},
    "model": {"name", "description", "ai_context", "datasets", "relationships", "metrics"},
    "dataset": {
        *("name", "source", "primary_key", "unique_keys", "description", "fields", "custom_extensions"),
    },
    "field": {"name", "expression", "dimension", "label", "description", "datatype", "custom_extensions"},
    "relationship": {"name", "from", "to", "from_columns", "to_columns"},
    "metric": {"name", "expression", "description", "datatype"},
}
"""The properties that the specification has for what is written; no other is allowed."""
DATA_TYPES = {"String", "Integer", "Decimal", "Float", "Boolean", "Date", "DateTime"}


def sql_of(one: dict) -> str:
    ((dialect,),) = (one["expression"]["dialects"],)
    assert dialect.keys() == {"dialect", "expression"}
    assert dialect["dialect"] == "ANSI_SQL"
    return dialect["expression"]


def test_the_document_has_what_the_specification_asks_for_and_nothing_else() -> None:
    assert document().keys() == ALLOWED["document"]
    assert document()["version"] == "0.2.0.dev0"
    (semantic,) = document()["semantic_model"]
    assert semantic.keys() <= ALLOWED["model"]
    assert {"name", "datasets"} <= semantic.keys()
    for kind, ones in {
        "dataset": semantic["datasets"],
        "relationship": semantic["relationships"],
        "metric": semantic["metrics"],
    }.items():
        assert len({one["name"] for one in ones}) == len(ones)
        assert all(one.keys() <= ALLOWED[kind] for one in ones)
    for dataset in semantic["datasets"]:
        names = [field["name"] for field in dataset["fields"]]
        assert len(set(names)) == len(names)
        assert set(dataset["primary_key"]) <= set(names)
        assert all(set(key) <= set(names) for key in dataset.get("unique_keys", ()))
        for field in dataset["fields"]:
            assert field.keys() <= ALLOWED["field"]
            assert field["datatype"] in DATA_TYPES
            assert sqlglot.parse_one(sql_of(field))


def test_relationships_and_metrics_refer_to_fields_that_exist() -> None:
    (semantic,) = document()["semantic_model"]
    names = {dataset["name"]: {field["name"] for field in dataset["fields"]} for dataset in semantic["datasets"]}
    keys = {d["name"]: [d["primary_key"], *d.get("unique_keys", ())] for d in semantic["datasets"]}
    for one in semantic["relationships"]:
        assert set(one["from_columns"]) <= names[one["from"]]
        assert one["to_columns"] in keys[one["to"]]
    for metric in semantic["metrics"]:
        dataset = metric["name"].split("__")[0]
        assert metric["datatype"] in DATA_TYPES
        for column in sqlglot.parse_one(sql_of(metric), dialect="postgres").find_all(sqlglot.exp.Column):
            assert (column.table, column.name in names[dataset]) == (dataset, True)


def test_joins_of_boring_semantic_layer_name_models_and_columns() -> None:
    declared = yaml.safe_load(bsl_files(model())["shop.bsl.yml"])
    assert declared.keys() == {entity.name for entity in model().entities}
    joins = {(name, alias): join for name, one in declared.items() for alias, join in one.get("joins", {}).items()}
    assert ("product_affinity", "product_performance_by_product_b") in joins
    for (name, _alias), join in joins.items():
        assert join["left_on"] in declared[name]["dimensions"]
        assert join["right_on"] in declared[join["model"]]["dimensions"]
        assert join["type"] == "one"
