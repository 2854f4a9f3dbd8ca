"""The rules of the models that sentences of the report name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar

from dataflows.lib.churn_rules import ChurnRules
from dataflows.lib.product_rules import ProductRules
from dataflows.lib.rfm_rules import RfmRules
from dataflows.lib.statuses import StatusRules
from dataflows.marts.marketing_attribution import AttributionRules
from dataflows.marts.next_best_action import ActionRules
from marketing_ibis.model import Model

T = TypeVar("T")
STATUSES, PRODUCTS, SCORES, ATTRIBUTION = StatusRules(), ProductRules(), RfmRules(), AttributionRules()
"""The published rules, as the models declare them."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the channels' efficiency score."""

    revenue: float = ATTRIBUTION.revenue_weight
    conversion: float = ATTRIBUTION.conversion_weight
    acquisition: float = ATTRIBUTION.acquisition_weight


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force that the report's sentences name."""

    successful: tuple[str, ...] = STATUSES.successful
    abc_limits: tuple[float, float] = (PRODUCTS.abc_a_below_percent, PRODUCTS.abc_b_below_percent)
    score_groups: int = SCORES.score_groups
    weights: Weights = field(default_factory=Weights)
    churn: ChurnRules = field(default_factory=ChurnRules)
    actions: ActionRules = field(default_factory=ActionRules)
    recent_days: int = PRODUCTS.recent_days


def rules_of(inputs: Mapping[str, object]) -> Rules:
    """Return the rules among the ``inputs`` of a compiled dataflow; the published ones if it has none."""
    low, high = Rules().abc_limits
    weights = {
        weight.name: _field(inputs, "attribution_rules", f"{weight.name}_weight", float(weight.default))  # type: ignore[arg-type]
        for weight in fields(Weights)
    }
    return Rules(
        tuple(_field(inputs, "status_rules", "successful", STATUSES.successful)),
        (
            _field(inputs, "product_rules", "abc_a_below_percent", low),
            _field(inputs, "product_rules", "abc_b_below_percent", high),
        ),
        _field(inputs, "rfm_rules", "score_groups", SCORES.score_groups),
        Weights(**weights),
        _rules(inputs, "churn_rules", ChurnRules()),
        _rules(inputs, "action_rules", ActionRules()),
        _field(inputs, "product_rules", "recent_days", PRODUCTS.recent_days),
    )


def has_sign_ups(models: Mapping[str, Model]) -> bool:
    """Return whether the customers of the compiled ``models`` have sign-up dates."""
    segments = models.get("customer_segmentation")
    return segments is not None and "signed_up_on" in segments.schema


def _rules(inputs: Mapping[str, object], name: str, default: T) -> T:
    rules: T = inputs.get(name, default)  # type: ignore[assignment]
    return rules


def _field(inputs: Mapping[str, object], rules: str, name: str, default: T) -> T:
    value: T = getattr(inputs.get(rules), name, default)
    return value
