"""How time grows with the orders: the exponent, and the table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.processes import Measured
from benchmarks.scale import exponent, table


@given(st.floats(0.1, 3), st.floats(0.01, 100), st.lists(st.integers(1, 10**9), min_size=2, max_size=6, unique=True))
def test_the_exponent_of_a_power_is_found(power: float, factor: float, sizes: list[int]) -> None:
    points = {size: factor * size**power for size in sizes}
    assert exponent(points) == pytest.approx(power, abs=1e-6, rel=1e-6)


def test_the_table_has_the_growth_from_one_size_to_the_next_and_over_all() -> None:
    sizes = {10: Measured(1, 1, 10), 100: Measured(10, 100, 20), 1000: Measured(1000, 10000, 30)}
    lines = table(sizes).splitlines()
    assert [line.split("|")[-2].strip() for line in lines[2:5]] == ["", "1.00", "2.00"]
    assert lines[2].startswith("| 10 | 1.00 | 1.00 | 10 | 100000.00")
    assert lines[-1] == "Exponent over all sizes, least squares: CPU 1.50, time 2.00; at most 1.05."


def test_one_size_has_no_exponent() -> None:
    assert "Exponent" not in table({10: Measured(1, 1, 10)})
