"""Descriptions name the rules in force, never a default that a setting has replaced."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date

import pytest

from dataflows.lib.statuses import StatusRules
from marketing_ibis.project.rule_texts import FIELD, fill_in_rules, format_value
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

CHANGED: dict[str, dict[str, object]] = {
    "rfm_rules": {"score_groups": 7},
    "journey_rules": {"half_life_days": 11.5},
    "attribution_rules": {"revenue_weight": 61.0, "conversion_weight": 62.0, "acquisition_weight": 63.0},
    "product_rules": {"abc_a_below_percent": 64, "abc_b_below_percent": 66, "star_max_rank": 67, "recent_days": 68},
    "campaign_rules": {"win_back_above_days": 65},
    "repeat_rules": {"max_order_number": 9},
    "group_rules": {"min_group_size": 71},
    "stage_rules": {"loyal_above_orders": 69},
    "churn_rules": {"medium_from_score": 71, "high_from_score": 72, "default_gap_days": 73},
    "campaign_margins": {
        "discount_percent": 74,
        "gift_card_percent": 76,
        "holiday_percent": 77,
        "other_percent": 78,
    },
    "payment_rules": {"gift_cards": ("gift_card", "present")},
}
"""Another value for each field that a description names, or for the fields that one of several fields follows from."""
PROMOTIONAL = ("coupon", "gift_card", "present")


@dataclass(frozen=True)
class Limits:
    days: float = 7.0
    words: tuple[str, ...] = ("paid", "sent", "<b>")


def descriptions(project: ProjectSettings, day: date = GOLDEN_AS_OF) -> dict[str, str]:
    """Return every description of sources, models and their columns."""
    texts = {}
    for name, node in project.compile(day).nodes.items():
        texts[name] = node.description
        texts |= {f"{name}.{column.name}": column.description for column in node.declaration.contract.columns}
    return texts


def raw_descriptions() -> dict[str, str]:
    """Return every description as it is declared."""
    texts = {}
    for name in compiled_dataflow(GOLDEN_AS_OF).nodes:
        function = next(
            getattr(module, name)
            for module in __import__("sys").modules.values()
            if getattr(module, "__name__", "").startswith("dataflows.")
            and hasattr(getattr(module, name, None), "declaration")
        )
        texts[name] = function.__doc__ or ""
        texts |= {f"{name}.{c.name}": c.description for c in function.declaration.contract.columns}
    return texts


def test_every_named_field_is_changed_here_and_exists() -> None:
    names = {match for text in raw_descriptions().values() for match in FIELD.findall(text)}
    fields = {(rules, field) for rules, fields in CHANGED.items() if rules != "payment_rules" for field in fields}
    assert names == {*fields, ("payment_rules", "promotional_methods")}
    inputs = compiled_dataflow(GOLDEN_AS_OF).inputs
    assert all(hasattr(inputs[rules], field) for rules, field in names)


def test_no_description_shows_a_marker() -> None:
    for where, text in descriptions(load_project()).items():
        assert not FIELD.search(text), where


def test_changed_rules_are_what_descriptions_say() -> None:
    plain = descriptions(load_project())
    project = ProjectSettings(load_project().root, vars=CHANGED)
    changed = descriptions(project)
    raw = raw_descriptions()
    marked = {where for where, text in raw.items() if FIELD.search(text)}
    assert {where for where in plain if plain[where] != changed[where]} == marked
    for where in marked:
        for rules, field in FIELD.findall(raw[where]):
            value = CHANGED[rules].get(field, PROMOTIONAL)
            assert format_value(value) in changed[where], where


def test_no_declared_text_repeats_a_default_of_its_own_rules() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    nodes = load_project().nodes()
    stale = []
    for where, text in raw_descriptions().items():
        rules = [dataflow.inputs[name] for name in nodes[where.split(".")[0]].inputs if name in dataflow.inputs]
        values = {format_value(value) for one in rules if is_dataclass(one) for value in asdict(one).values()}  # type: ignore[call-overload]
        # Ones and small fractions are arithmetic, and 10 and 100 are weights of digits and percent.
        numbers = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", text)) - {"0", "1", "2", "10", "100", "6", "12"}
        stale += [(where, number) for number in numbers & values]
    assert not stale


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{limits.days} days", "7 days"),
        ("{limits.words}", "paid, sent or <b>"),
        ("{limits.nothing} {others.days} {{ 7 * 7 }} {x}", "{limits.nothing} {others.days} {{ 7 * 7 }} {x}"),
        ("{status_rules.successful}", "completed or shipped"),
        ("{as_of.year}", "{as_of.year}"),
    ],
)
def test_other_braces_stay(text: str, expected: str) -> None:
    assert fill_in_rules(text, {"limits": Limits(), "status_rules": StatusRules(), "as_of": GOLDEN_AS_OF}) == expected


def test_words_of_values() -> None:
    assert [format_value(value) for value in (7.0, 2.5, 3, True, (), ("a",), ("a", "b"))] == [
        "7", "2.5", "3", "True", "none", "a", "a or b",
    ]  # fmt: skip
