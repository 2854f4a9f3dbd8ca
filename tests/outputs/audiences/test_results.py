"""What a list has brought, compared with the customers who were held out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.dialect import redshift_dialect
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.identifiers import is_held_out
from marketing_ibis.outputs.audiences.published_lists import PublishedList
from marketing_ibis.outputs.audiences.results import (
    ArmResult,
    compare_arms,
    read_results,
    select_results,
    write_results,
)
from tests.outputs.audiences.lists import AUDIENCE, KEY, SCHEMA, Person, database, export_to, fill, rows_of


def test_orders_count_from_the_day_of_the_first_list(tmp_path: Path) -> None:
    audience = replace(AUDIENCE, holdout=0.5)
    people = [Person(id, f"p{id}@example.com") for id in range(20)]
    held_out = {person.id for person in people if is_held_out(str(person.id), 0.5, KEY)}
    with database() as target:
        fill(target, people)
        export_audience(export_to(tmp_path / "1.csv", audience), target)
        # Who has left the list still counts.
        fill(target, people[:10])
        export_audience(export_to(tmp_path / "2.csv", audience), target)
        target.execute(f"CREATE TABLE {SCHEMA}.orders (customer_id BIGINT, order_date DATE, amount DECIMAL(18, 2))")
        for person in people:
            rows = f"({person.id}, DATE '2024-05-14', 5), ({person.id}, DATE '2024-05-15', 10)"
            if person.id % 3 == 0:
                rows += f", ({person.id}, DATE '2024-06-01', 2.5)"
            target.execute(f"INSERT INTO {SCHEMA}.orders VALUES {rows}")
        published = PublishedList("buyers_list", SCHEMA, target.dialect)
        select = select_results(published, Relation(SCHEMA, "orders"), "customer_id", "amount < 6 OR customer_id < 15")
        treatment, holdout = read_results(target, select, "orders")
    for result, ids in ((treatment, {*range(20)} - held_out), (holdout, held_out)):
        buyers = {id for id in ids if id < 15 or id % 3 == 0}
        revenue = sum(Decimal(10) for id in ids if id < 15) + sum(Decimal("2.5") for id in ids if id % 3 == 0)
        assert (result.customers, result.buyers, result.revenue) == (len(ids), len(buyers), revenue)
    write_results(tmp_path / "r.csv", "buyers_list", (treatment, holdout))
    assert [row["arm"] for row in rows_of(tmp_path / "r.csv")] == ["treatment", "holdout"]


def test_long_keys_are_compared_as_a_whole() -> None:
    """Redshift reads VARCHAR as VARCHAR(256), and a cast to it cuts what is longer."""
    published = PublishedList("buyers_list", SCHEMA, redshift_dialect())
    select = select_results(published, Relation(SCHEMA, "orders"), "customer_id")
    assert "AS VARCHAR(65535)" in select
    assert "AS VARCHAR)" not in select


def test_the_interval_is_that_of_the_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newcombe 1998, table II, contrast a: 56 of 70 against 48 of 80 gives 0.0524 to 0.3339."""
    arms = [ArmResult("treatment", 70, 56, Decimal(0)), ArmResult("holdout", 80, 48, Decimal(0))]
    assert compare_arms(arms) is None
    monkeypatch.setattr("marketing_ibis.outputs.audiences.results.LEAST_CUSTOMERS", 70)
    lift = compare_arms(arms)
    assert lift is not None
    assert [round(value, 4) for value in (lift.difference, lift.low, lift.high)] == [0.2, 0.0524, 0.3339]


@pytest.mark.parametrize("arms", [(), (ArmResult("treatment", 900, 90, Decimal(1)),)])
def test_too_little_data_gives_no_difference(arms: tuple[ArmResult, ...]) -> None:
    assert compare_arms(arms) is None
    assert compare_arms((*arms, ArmResult("holdout", 99, 50, Decimal(1)))) is None
