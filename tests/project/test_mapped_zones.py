"""The time zone of a mapping is that of its timestamps when files are loaded and when the age of data is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from marketing_ibis.build.freshness import age_of, newest_select
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.project.mapped_shop import FILES, SETTINGS, built, call, mapped
from tests.shop import make_shop

FRESH = FILES["raw_sales"].replace(
    'grain=("id",),', 'grain=("id",), freshness=freshness("sold_on", warn_after=timedelta(days=1)),'
)
FRESH = "from datetime import timedelta\nfrom marketing_ibis.model import freshness\n" + FRESH.replace(
    "\n        ", "\n"
)
TOKYO = SETTINGS.replace("time_zone = ", 'naive_timestamps = "Asia/Tokyo"\n    time_zone = ', 1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "newest", "age"),
    [
        (1, datetime(2024, 5, 1, 23, 59, 59), timedelta(seconds=1)),
        (2, datetime(2024, 5, 2), 24 * HOUR),
    ],
)
@pytest.mark.parametrize("settings", [SETTINGS, TOKYO])
def test_the_age_of_a_mapped_table_is_counted_in_the_zone_of_the_business(
    tmp_path: Path, settings: str, day: int, newest: datetime, age: timedelta
) -> None:
    shop, as_of = mapped(tmp_path, settings, files={"raw_sales": FRESH}), date(2024, 5, day)
    source = shop.project.compile(as_of).sources["web_orders"]
    with shop.open() as target:
        select = newest_select(source, target.dialect, as_of)
        rows = target.query(target.dialect.resolve(select, {"web_orders": Relation("web", "orders")}))
    assert rows == [(newest,)]
    assert age_of(newest, as_of) == age
    redshift = ENGINES["redshift"].dialect()
    assert redshift.approve([newest_select(source, redshift, as_of)])


@pytest.mark.parametrize("settings", [SETTINGS, TOKYO])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_timestamps_of_files_are_converted_once(tmp_path: Path, settings: str, ending: str) -> None:
    """Those with a zone are loaded as clocks of the mapping's zone show them, those without one as they are."""
    shop = make_shop(tmp_path / "shop", settings=settings.replace('"web.orders"', '"orders"'), **FILES)
    (tmp_path / "files").mkdir()
    rows = [(7, "2024-05-01T23:59:59+02:00"), (8, "2024-05-01T22:00:00Z"), (9, "2024-05-01 17:59:59")]
    lines = ["number,total,created_at", *(f"{number},1.00,{time}" for number, time in rows)]
    if ending == "jsonl":
        lines = [f'{{"number": {number}, "total": 1.00, "created_at": "{time}"}}' for number, time in rows]
    (tmp_path / "files" / f"orders.{ending}").write_text("\n".join(lines) + "\n")
    output = call(shop, "seed", "--from", str(tmp_path / "files"), "--database", str(shop.database))
    assert "read 1 timestamp without a time zone as America/New_York time (time_zone of its mapping)." in output
    with shop.open() as target:
        times = [datetime(2024, 5, 1, 17, 59, 59), datetime(2024, 5, 1, 18), datetime(2024, 5, 1, 17, 59, 59)]
        assert target.query("SELECT created_at FROM dbt_production.orders ORDER BY number") == [(t,) for t in times]
    assert [row[2] for row in built(shop)] == ["2024-05-01", "2024-05-02", "2024-05-01"]
