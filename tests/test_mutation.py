"""Each change that is listed as one without a difference is one of the changes that are made."""

from __future__ import annotations

import pytest

from tests.mutation.changes import mutants
from tests.mutation.explained import EXPLAINED, key
from tests.paths import ROOT


@pytest.mark.parametrize("module", sorted({module for module, _, _ in EXPLAINED}))
def test_explained_changes_exist(module: str) -> None:
    changes = {key(mutant) for mutant in mutants(ROOT / "marketing_ibis" / f"{module}.py")}
    assert [explained for explained in EXPLAINED if explained[0] == module and explained not in changes] == []
