"""Tests of Project, the door for programs."""

import pytest

IBIS_WARNINGS = [
    # Ibis asks pandas for an option that newer releases of it deprecate.
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
    # Ibis reads columns with a method that DuckDB 2 deprecates.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
