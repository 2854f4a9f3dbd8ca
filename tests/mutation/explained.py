"""Changes of the package that make no difference anyone could see, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.mutation.changes import Mutant

EXPLAINED: Mapping[tuple[str, str, str], str] = {}
"""The reason by module, line of the source and change: numbers of lines move, these stay."""


def explanation(mutant: Mutant) -> str:
    """Return why a change makes no difference, and nothing for one that is not explained."""
    line = mutant.path.read_text("utf-8").splitlines()[mutant.line - 1].strip()
    change = re.sub(r"^without line \d+: .*", "without it", mutant.text)
    return EXPLAINED.get((mutant.path.stem, line, change), "")
