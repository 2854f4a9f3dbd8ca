"""Read the thresholds that a command overrides with --vars, written as YAML or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import yaml

from marketing_ibis.errors import UsageError
from marketing_ibis.project.rules import OPTION

EXAMPLE = f"Write one table per set of rules: {OPTION} '{{campaign_rules: {{win_back_above_days: 120}}}}'."


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it ships no types
    """Refuses a name that is written twice, of which YAML takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=True)
        for key, count in Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)).items():
            if count > 1:
                raise UsageError(f"{OPTION} sets {key} twice.", hint="Remove one of them.")
        return mapping


def parse_variables(text: str) -> Mapping[str, object]:
    """Return the variables of a command, by the name of their rules.

    Raises:
        UsageError: the text is not YAML, or not a table by name.
    """
    try:
        document = yaml.load(text, _Loader)  # noqa: S506  # it is a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise UsageError(f"{OPTION} is not YAML or JSON: {problem}.", hint=EXAMPLE) from error
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise UsageError(f"{OPTION} is {text!r}, not a table of variables.", hint=EXAMPLE)
    return document
