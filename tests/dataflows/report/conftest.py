"""The golden shop, whose report several tests read."""

from __future__ import annotations

import pytest

from marketing_ibis.report import Answers
from tests.dataflows.report.shops import shop_of
from tests.sources import GOLDEN_AS_OF, golden_sources


@pytest.fixture(scope="session")
def golden_shop() -> Answers:
    """Return the results of the report's queries, which no test changes."""
    return shop_of(golden_sources(), GOLDEN_AS_OF)
