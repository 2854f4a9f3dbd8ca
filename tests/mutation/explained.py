"""Changes of the package that make no observable difference, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.mutation.changes import Mutant, engine_module

STRICT = "the sides of a zip are made from one list, so they have one length"
"""Why ``strict=True`` can be left away: it is there for faults of our own."""

EXPLAINED: Mapping[tuple[str, str, str], str] = {
    (
        "project/selection",
        "return any(_parts_match(parts[start:], pattern[1:]) for start in range(len(parts) + 1))",
        "1 + 1 at column 93",
    ): "nothing follows the last part of a path, nor the position after it",
    (
        "build/seed",
        "continue",
        "without it",
    ): "it is the last statement of the loop",
    (
        "testing/run",
        'rows = self.target.query(f"{counted}\\nORDER BY 2 DESC, 1\\nLIMIT {MOST_VALUES + 1}")',
        "1 + 1 at column 88",
    ): "one value more than a message names says that there are others, and so do two",
    (
        "lineage/expression",
        "computed = {name: value for name, value in operation.values.items() if not isinstance(value, ops.Field)}",
        "no filter not isinstance(value, ops.Field)",
    ): "a column of a table unnests nothing: the search for it is only saved",
    (
        "testing/collect",
        "MOST_NAMES = 12",
        "12 + 1 at column 14",
    ): "how many names a hint has is a choice: the tests take it from the constant",
    (
        "testing/compile",
        "return {}",
        "return None for {}",
    ): "for relations that are not kept, only the existence of columns matters",
    (
        "testing/compile",
        "raise",
        "without it",
    ): "what cannot be compiled together has a test that cannot be compiled alone, which is raised before",
    (
        "build/seed_tables",
        "return self.content if is_renamed or not self.content else content_digest(target, published)",
        "And in is_renamed or not self.content",
    ): "a renamed table has the same digest when it is computed again, and that of a view is not compared",
    (
        "build/seed_tables",
        "yield from (grant.revocation for grant in current.grants if grant not in previous.grants)",
        "no filter grant not in previous.grants",
    ): "a right that existed before is granted again right after",
}
"""The reason by module, line of the source and change: numbers of lines move, these stay."""


def explanation(mutant: Mutant) -> str:
    """Return why a change makes no difference, and nothing for one that is not explained."""
    column = re.fullmatch(r"not True at column (\d+)", mutant.text)
    if column and _line(mutant)[: int(column[1]) - 1].endswith("strict="):
        return STRICT
    return EXPLAINED.get(key(mutant), "")


def key(mutant: Mutant) -> tuple[str, str, str]:
    """Return a change's module, line of the source and text."""
    change = re.sub(r"^without line \d+: .*", "without it", mutant.text)
    return engine_module(mutant.path), _line(mutant).strip(), change


def _line(mutant: Mutant) -> str:
    return mutant.path.read_text("utf-8").splitlines()[mutant.line - 1]
