"""The document of ``describe``: valid, complete, the same each time, and free of values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.model import Audience
from marketing_ibis.outputs.description import describe_project, document, json_text, schema_text
from marketing_ibis.outputs.description.advice import conventions, names_text, warnings_of
from marketing_ibis.outputs.description.collect import plain_value
from marketing_ibis.outputs.description.records import AudienceEntry, ColumnEntry, Description
from marketing_ibis.project.audiences import DeclaredAudience
from tests.outputs.description.described import own_description, own_project
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

SCHEMA: Mapping[str, Any] = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
LIST = Audience("customers", "consent", "crm", "People to write to.", ("email",), "google", min_size=100, holdout=0.1)
NAMES = sorted(relation.name for relation in own_description().relations)


def entry(name: str) -> Any:
    (found,) = [relation for relation in own_description().relations if relation.name == name]
    return found


def closed_objects(schema: Any) -> list[Any]:
    """Return the objects of a schema, which must all name each property."""
    if isinstance(schema, list):
        return [one for item in schema for one in closed_objects(item)]
    if not isinstance(schema, dict):
        return []
    found = [schema] if schema.get("type") == "object" else []
    return found + [one for item in schema.values() for one in closed_objects(item)]


def test_the_schema_is_one_and_allows_nothing_else() -> None:
    VALIDATOR.check_schema(SCHEMA)
    for each in closed_objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert sorted(each["required"]) == sorted(each["properties"])


@settings(max_examples=15)
@given(st.sets(st.sampled_from(NAMES)), st.booleans())
def test_every_part_is_valid(names: set[str], has_audience: bool) -> None:
    audiences = (AudienceEntry("to_write", LIST),) if has_audience else ()
    whole = replace(own_description(), audiences=audiences)
    part = document(whole.only({*names, "to_write", "win_back_mailing"}))
    VALIDATOR.validate(part)
    assert {each["name"] for each in (*part["sources"], *part["models"])} == names
    assert bool(part["audiences"]) is has_audience
    assert [each["name"] for each in part["exposures"]] == ["win_back_mailing"]
    named = {each["name"] for each in part["settings"]}
    assert named == {rules for each in part["models"] for rules in (*each["settings"], *each["upstream_settings"])}


def test_an_unknown_field_is_invalid() -> None:
    with pytest.raises(jsonschema.ValidationError, match="rows"):
        VALIDATOR.validate(document(own_description()) | {"rows": []})


def test_it_says_what_the_contracts_say() -> None:
    nodes = compiled_dataflow(GOLDEN_AS_OF).nodes
    assert sorted(nodes) == [relation.name for relation in own_description().relations]
    for relation in own_description().relations:
        node = nodes[relation.name]
        assert [column.name for column in relation.columns] == list(node.schema)
        for described, declared in zip(relation.columns, node.declaration.contract.columns, strict=True):
            assert described.type == str(node.schema[declared.name]).removeprefix("!")
            assert (described.unit, described.nullable) == (declared.unit, declared.nullable)
            assert described.personal_data is declared.pii
            assert described.description
        tests = [*relation.tests, *(test for column in relation.columns for test in column.tests)]
        applicable = [t for t in node.declaration.data_tests(relation.name) if not t.column or t.column in node.schema]
        assert len(tests) == len(applicable)


def test_personal_data_is_named_with_a_warning() -> None:
    customers = entry("stg_customers")
    assert customers.personal_columns == ("first_name", "last_name")
    assert "Personal data: first_name, last_name." in customers.warnings
    assert "Personal data" not in " ".join(entry("shop_days").warnings)


def test_joins_are_those_of_relationships() -> None:
    assert ("order_id", "raw_orders", "id", "many_to_one") in [
        (j.column, j.to, j.to_column, j.cardinality) for j in entry("raw_payments").joins
    ]
    assert [(j.column, j.to, j.to_column, j.cardinality) for j in entry("customers").joins] == [
        ("customer_id", "customer_segmentation", "customer_id", "one_to_one")
    ]


def test_neighbours_uses_and_settings() -> None:
    segmentation = entry("customer_segmentation")
    assert "customers" in segmentation.children
    assert "segment_dashboard" in segmentation.used_by
    assert "rfm_rules" in segmentation.settings
    assert "status_rules" in segmentation.upstream_settings
    assert not set(segmentation.settings) & set(segmentation.upstream_settings)
    assert [page.path for page in segmentation.pages] == ["docs/metrics/customer_segmentation.md"]
    assert segmentation.pages[0].title == "customer_segmentation"
    assert segmentation.pages[0].summary.startswith("One row per customer")
    assert segmentation.depends_on_as_of
    assert not entry("raw_orders").depends_on_as_of
    assert entry("raw_orders").freshness.warn_after_hours == 48
    (rules,) = [each for each in own_description().settings if each.name == "rfm_rules"]
    (groups,) = [key for key in rules.keys if key.key == "score_groups"]
    assert (groups.value, groups.description) == (5, "The number of scores that each metric is divided into.")


def test_an_audience_is_used_by_and_described() -> None:
    project, dataflow = own_project(), compiled_dataflow(GOLDEN_AS_OF)
    declared = {"to_write": DeclaredAudience("to_write", LIST, "lists.py", 1)}
    described = describe_project(project, project.nodes(), dataflow, declared, column_lineage(dataflow), GOLDEN_AS_OF)
    (audience,) = document(described)["audiences"]
    assert (audience["name"], audience["model"], audience["holdout"]) == ("to_write", "customers", 0.1)
    uses = {relation.name for relation in described.relations if "to_write" in relation.used_by}
    assert uses == {"customers", "stg_customers"}


@settings(max_examples=3)
@given(st.permutations(sorted(own_project().nodes())))
def test_the_order_of_files_changes_nothing(names: list[str]) -> None:
    project, dataflow = own_project(), compiled_dataflow(GOLDEN_AS_OF)
    nodes = project.nodes()
    shuffled = replace(
        dataflow,
        sources={name: dataflow.sources[name] for name in names if name in dataflow.sources},
        models={name: dataflow.models[name] for name in names if name in dataflow.models},
    )
    ordered, lineage = {name: nodes[name] for name in names}, column_lineage(dataflow)
    again = describe_project(project, ordered, shuffled, project.audiences(), lineage, GOLDEN_AS_OF)
    assert json_text(again) == json_text(own_description())


@pytest.mark.parametrize(
    ("unit", "is_listed"),
    [
        ("dollars", False),
        ("orders", False),
        ("percent", True),
        ("share", True),
        ("score", True),
        ("rank", True),
        ("ratio", True),
        ("", False),
    ],
)
def test_units_that_are_never_added_up(unit: str, is_listed: bool) -> None:
    column = ColumnEntry("x", "float64", unit, nullable=False, personal_data=False, is_key=False, description="X.")
    warnings = warnings_of([column], is_source=False, is_internal=False, is_view=False, grain=("id",), readers=())
    assert warnings == (("Do not add up: x.",) if is_listed else ())


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        (("dollars",), "Amounts are in dollars."),
        (("cents",), "Amounts whose unit is cents are whole numbers: divide them by 100."),
        (("cents", "euros"), "Amounts are in euros, except those whose unit is cents, in t. Divide these by 100."),
        (("days",), ""),
    ],
)
def test_what_is_said_of_money(units: tuple[str, ...], sentence: str) -> None:
    columns = tuple(ColumnEntry(unit, "int64", unit, False, False, False, "X.") for unit in units)
    table = replace(entry("shop_days"), name="t", columns=columns)
    said = conventions([table], model_schema="out", time_zone="Europe/Berlin", state_table="s")
    assert [each for each in said if each.startswith("Amounts")] == ([sentence] if sentence else [])
    assert "Days are calendar days in the time zone Europe/Berlin." in said
    assert any("column as_of of out.s" in each for each in said)


@given(st.lists(st.sampled_from("abcdefghijkl"), unique=True))
def test_of_many_names_the_first_are_listed(names: list[str]) -> None:
    text = names_text(names)
    assert text.startswith(", ".join(names[:6]))
    assert (f"{len(names) - 6} more" in text) is (len(names) > 6)


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.dates()


@settings(max_examples=30)
@given(PLAIN | st.tuples(PLAIN, PLAIN) | st.frozensets(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=2), PLAIN))
def test_values_of_settings_are_json(value: object) -> None:
    assert json.loads(json.dumps(plain_value(value))) == plain_value(value)


def test_layers_to_query_come_first() -> None:
    layers = list(own_description().layers)
    assert layers[-1] == "sources"
    assert set(layers[:3]) == {"marts", "core", "campaigns"}


def empty() -> Description:
    return own_description().only(())


def test_nothing_is_a_valid_document_too() -> None:
    VALIDATOR.validate(document(empty()))


def test_aggregates_say_what_may_be_added_up() -> None:
    columns = {column.name: column.aggregate for column in entry("customers").columns}
    assert columns["net_lifetime_value"] is not None
    assert columns["net_lifetime_value"].function == "sum"
    assert columns["average_order_value"] is not None
    ratio = columns["average_order_value"]
    assert (ratio.function, ratio.numerator, ratio.denominator) == ("ratio", "net_lifetime_value", "successful_orders")
    (warning,) = [each for each in entry("customers").warnings if each.startswith("Do not add up")]
    assert "average_order_value" in warning
    assert "net_lifetime_value" not in warning
    assert any("attribution_model." in each for each in entry("attribution_models").warnings if "Add up" in each)
