"""The cells of a worksheet become the text that a person would type into a csv."""

from __future__ import annotations

from datetime import date, datetime, time

from hypothesis import example, given
from hypothesis import strategies as st

from marketing_ibis.engines.duckdb.files.worksheets import _text, _texts
from marketing_ibis.model.file_format import FileFormat

BLANK = st.just("")
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**16), 10**16).map(float),
    st.decimals(-1000, 1000, places=2).map(float),
)
KINDS = (
    NUMBERS,
    st.text(max_size=4),
    st.dates(),
    st.datetimes() | st.dates().map(lambda day: datetime.combine(day, time.min)),
    st.booleans(),
    st.times(),
    st.integers(-(10**20), 10**20),
)


@given(st.one_of(*(st.lists(kind | BLANK) for kind in KINDS), st.lists(st.one_of(*KINDS))), st.sampled_from((".", ",")))
@example([0.0, "", -0.0, False], ".")
@example([1e15, -1e15, 999999999999999.0, 0.1 + 0.2, 1e-7], ",")
@example([date(1, 1, 1), datetime(2024, 1, 1)], ".")
def test_a_column_is_read_as_its_cells_one_by_one(cells: list[object], decimal: str) -> None:
    form = FileFormat(decimal=decimal)
    assert _texts(cells, form).to_pylist() == [_text(cell, form) for cell in cells]
