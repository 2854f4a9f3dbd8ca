"""The band of a number of earlier builds: robust, aware of weekdays, and silent while it knows too little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.health import (
    NULL_SHARE,
    ROWS,
    HealthMetric,
    HealthRules,
    Measured,
    find_anomalies,
    usual_band,
)

TODAY = date(2024, 5, 15)
RULES = HealthRules()
NUMBERS = st.lists(st.integers(0, 10**9).map(float), min_size=8, max_size=40)


def history(values: Sequence[float], metric: HealthMetric = ROWS) -> list[Measured]:
    """Return builds as of the days before today, the newest value last."""
    days = [TODAY - timedelta(days=len(values) - place) for place in range(len(values))]
    return [
        Measured(datetime(day.year, day.month, day.day, 6, tzinfo=UTC), day, metric, "orders", value)
        for day, value in zip(days, values, strict=True)
    ]


def is_unusual(value: float, earlier: list[Measured], metric: HealthMetric = ROWS, as_of: date = TODAY) -> bool:
    return bool(find_anomalies({(metric, "orders"): value}, earlier, as_of, RULES))


@given(value=st.floats(0, 1e12), times=st.integers(8, 40))
def test_what_never_changes_is_usual_until_it_changes_by_a_tenth(value: float, times: int) -> None:
    earlier = history([value] * times)
    assert not is_unusual(value, earlier)
    assert not is_unusual(value * 1.0999, earlier)
    assert is_unusual(value * 1.2 + 1, earlier)


@given(values=NUMBERS, seed=st.randoms(use_true_random=False), value=st.floats(0, 1e9))
def test_the_order_of_the_rows_of_the_history_is_irrelevant(values: list[float], seed: object, value: float) -> None:
    earlier = history(values)
    shuffled = list(earlier)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert usual_band(ROWS, earlier, TODAY, RULES) == usual_band(ROWS, shuffled, TODAY, RULES)
    assert is_unusual(value, earlier) == is_unusual(value, shuffled)


@given(values=NUMBERS, value=st.integers(0, 10**9), factor=st.sampled_from([2.0, 8.0, 0.5]))
def test_the_unit_of_a_number_is_irrelevant(values: list[float], value: int, factor: float) -> None:
    scaled = history([each * factor for each in values])
    assert is_unusual(value * factor, scaled) == is_unusual(float(value), history(values))


@given(values=NUMBERS)
def test_the_median_is_usual_and_the_band_surrounds_it(values: list[float]) -> None:
    band = usual_band(ROWS, history(values), TODAY, RULES)
    assert band is not None
    assert band.low <= band.median <= band.high
    assert band.contains(band.median)


@given(
    outliers=st.lists(st.floats(0, 1e12), max_size=6),
    noise=st.lists(st.integers(990, 1010).map(float), min_size=28, max_size=28),
)
def test_a_few_bad_builds_hide_no_bad_one(outliers: list[float], noise: list[float]) -> None:
    values = [*noise[: 28 - len(outliers)], *outliers]
    rules = HealthRules(least_weekdays=29)
    assert find_anomalies({(ROWS, "orders"): 2_000.0}, history(values), TODAY, rules)
    assert not find_anomalies({(ROWS, "orders"): 1_000.0}, history(values), TODAY, rules)


@given(values=st.lists(st.floats(0, 1e9), max_size=7), value=st.floats(0, 1e9))
def test_few_builds_make_nothing_unusual(values: list[float], value: float) -> None:
    assert usual_band(ROWS, history(values), TODAY, RULES) is None
    assert not is_unusual(value, history(values))


def test_a_weekday_is_compared_with_itself() -> None:
    days = [TODAY - timedelta(days=back) for back in range(28, 0, -1)]
    earlier = history([500.0 if day.weekday() == 6 else 1_000.0 for day in days])
    sunday, monday = TODAY + timedelta(days=4), TODAY + timedelta(days=5)
    assert not is_unusual(500, earlier, as_of=sunday)
    assert is_unusual(500, earlier, as_of=monday)
    assert is_unusual(1_000, earlier, as_of=sunday)
    band = usual_band(ROWS, earlier, sunday, RULES)
    assert band is not None
    assert (band.weekday, band.builds) == (6, 4)


def test_steady_growth_is_usual() -> None:
    for daily in (10.0, 1_000.0, 100_000.0):
        earlier = history([1_000.0 + daily * place for place in range(28)])
        assert not is_unusual(1_000.0 + daily * 28, earlier)


def test_of_builds_as_of_one_day_the_newest_counts_and_those_of_today_do_not() -> None:
    earlier = history([100.0] * 28)
    again = [Measured(e.built_at + timedelta(hours=1), e.as_of, ROWS, "orders", 200.0) for e in earlier]
    today = [Measured(datetime(2024, 5, 15, hour, tzinfo=UTC), TODAY, ROWS, "orders", 7.0) for hour in range(20)]
    band = usual_band(ROWS, [*again, *today, *earlier], TODAY, RULES)
    assert band is not None
    assert band.median == 200.0


def test_only_the_newest_builds_count() -> None:
    assert not is_unusual(2_000, history([1_000.0] * 40 + [2_000.0] * 28))


@pytest.mark.parametrize(("share", "unusual"), [(0.0, False), (0.09, False), (0.11, True), (1.0, True)])
def test_a_share_of_nulls_is_unusual_by_points_of_all_rows(share: float, unusual: bool) -> None:
    assert is_unusual(share, history([0.0] * 28, NULL_SHARE), NULL_SHARE) is unusual


def test_numbers_of_other_tables_are_not_compared() -> None:
    earlier = history([1.0] * 28)
    assert find_anomalies({(ROWS, "customers"): 9.0, (NULL_SHARE, "orders"): 9.0}, earlier, TODAY, RULES) == ()
