"""The rules of the models that sentences of the report name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar

from marketing_ibis.model import Model

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the channels' efficiency score."""

    revenue: float = 40
    conversion: float = 30
    acquisition: float = 30


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force that the report's sentences name."""

    successful: tuple[str, ...] = ("completed", "shipped")
    abc_limits: tuple[float, float] = (80, 95)
    score_groups: int = 5
    weights: Weights = field(default_factory=Weights)


def rules_of(inputs: Mapping[str, object]) -> Rules:
    """Return the rules among the ``inputs`` of a compiled dataflow; the published ones if it has none."""
    published = Rules()
    successful = _field(inputs, "status_rules", "successful", published.successful)
    low, high = published.abc_limits
    weights = {
        weight.name: _field(inputs, "attribution_rules", f"{weight.name}_weight", float(weight.default))  # type: ignore[arg-type]
        for weight in fields(Weights)
    }
    return Rules(
        tuple(successful),
        (
            _field(inputs, "product_rules", "abc_a_below_percent", low),
            _field(inputs, "product_rules", "abc_b_below_percent", high),
        ),
        _field(inputs, "rfm_rules", "score_groups", published.score_groups),
        Weights(**weights),
    )


def has_sign_ups(models: Mapping[str, Model]) -> bool:
    """Return whether the customers of the compiled ``models`` have sign-up dates."""
    segments = models.get("customer_segmentation")
    return segments is not None and "signed_up_on" in segments.schema


def _field(inputs: Mapping[str, object], rules: str, name: str, default: T) -> T:
    value: T = getattr(inputs.get(rules), name, default)
    return value
