"""A shop's own words from files to tables: guests, refunds, statuses, methods and text keys."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.invocation import invoke

CUSTOMERS = "id,first_name,last_name\n1,Ann,A\n2,Bob,B\n3,Cid,C\n"
ORDERS, PAYMENTS = "id,user_id,order_date,status,cycle_name\n", "id,order_id,payment_method,amount,cycle_name\n"
GUEST = ORDERS + "1,1,2024-03-01,completed,Lamp\n2,,2024-03-20,completed,Lamp\n3,2,2024-04-02,completed,Chair\n"
PAID = PAYMENTS + "1,1,credit_card,5000,Lamp\n2,2,credit_card,4000,Lamp\n3,3,bank_transfer,8000,Chair\n"
RETURNED = ORDERS + "1,1,2024-03-01,completed,Lamp\n2,1,2024-03-20,returned,Lamp\n3,2,2024-04-02,completed,Chair\n"
REFUNDS = PAYMENTS + (
    "1,1,credit_card,5000,Lamp\n2,2,credit_card,-5000,Lamp\n3,3,bank_transfer,8000,Chair\n"
    "4,3,bank_transfer,-2000,Chair\n"
)
DELIVERED = ORDERS + "1,1,2024-03-01,delivered,Lamp\n2,2,2024-03-20,canceled,Lamp\n3,2,2024-04-02,delivered,Chair\n"
KEY = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
STATUSES = 'status_rules = {successful = ["delivered"], returned = ["canceled"]}'
SELECTED = ("-s", "+customers +orders +customer_segmentation")
METHODS = 'payment_rules = {card = ["credit_card", "visa"], bank = ["bank_transfer"], refunds = true}'


def build(folder: Path, orders: str, payments: str, settings: str = "", *, code: int = 0) -> str:
    """Write a project with its files, load and build it; return the output of the build, which exits with ``code``."""
    files = folder / "exports"
    files.mkdir(exist_ok=True)
    for name, text in (("customers", CUSTOMERS), ("orders", orders), ("payments", payments)):
        (files / f"{name}.csv").write_text(text, "utf-8")
    (folder / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}\n", "utf-8")
    place = ("--database", str(folder / "w.duckdb"), "--project-dir", str(folder), "--target-path", str(folder / "t"))
    invoke("seed", "--from", str(files), *place)
    return invoke("build", *SELECTED, "--as-of", "2024-05-15", *place, code=code).output


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(f"SET schema = 'dbt_marketing'; {sql}").fetchall()


@pytest.mark.parametrize(
    ("orders", "payments", "settings", "counts", "nets"),
    [
        pytest.param(GUEST, PAID, "", (3, "170.00", 2), ["50.00", "80.00", "0.00"], id="guests"),
        pytest.param(RETURNED, REFUNDS, "", (3, "60.00", 2), ["50.00", "60.00", "0.00"], id="refunds"),
        pytest.param(DELIVERED, PAID, STATUSES, (3, "170.00", 2), ["50.00", "80.00", "0.00"], id="statuses"),
    ],
)
def test_other_shops_build(
    tmp_path: Path, orders: str, payments: str, settings: str, counts: tuple[int, str, int], nets: list[str]
) -> None:
    build(tmp_path, orders, payments, f"[tool.marketing_ibis.vars]\n{settings}")
    number, amount, buyers = counts
    assert query(tmp_path, "SELECT COUNT(*), SUM(amount) FROM orders") == [(number, Decimal(amount))]
    assert query(tmp_path, "SELECT COUNT(*) FROM customer_segmentation WHERE has_purchased") == [(buyers,)]
    found = query(tmp_path, "SELECT net_lifetime_value FROM customers ORDER BY customer_id")
    assert [str(net) for (net,) in found] == nets


def test_what_the_rules_do_not_name_is_reported_with_its_rows(tmp_path: Path) -> None:
    payments = PAID.replace("credit_card", "paypal")
    output = build(tmp_path, DELIVERED, payments, code=1)
    assert "accepted_values_raw_orders_status: found 'delivered' 2 times and 'canceled' once" in output
    assert "(listed by vars.status_rules)" in output
    accepted = "[tool.marketing_ibis.tests.accepted_values_raw_orders_status]\nseverity = 'warn'"
    output = build(tmp_path, DELIVERED, payments, accepted)
    assert "accepted_values_raw_payments_payment_method: found 'paypal' 2 times" in output
    assert query(tmp_path, "SELECT DISTINCT order_status_group FROM orders") == [("pending",)]
    assert query(tmp_path, "SELECT SUM(other_amount), SUM(amount) FROM orders") == [
        (Decimal("90.00"), Decimal("170.00"))
    ]
    stopped = f"{accepted}\n[tool.marketing_ibis.tests.accepted_values_raw_payments_payment_method]\nseverity = 'error'"
    build(tmp_path, DELIVERED, payments, stopped, code=1)


def test_text_keys_build_with_their_setting(tmp_path: Path) -> None:
    orders, payments = ORDERS + f"{KEY},1,2024-03-01,completed,Lamp\n{KEY[:-1]}e,,2024-03-02,completed,Lamp\n", PAYMENTS
    payments += f"1,{KEY},visa,5000,Lamp\n2,{KEY[:-1]}e,credit_card,-1000,Lamp\n"
    rules = f'[tool.marketing_ibis.vars]\n{METHODS}\nguest_rules = {{identity = "order"}}'
    build(tmp_path, orders, payments, f'id_type = "string"\n{rules}')
    assert query(tmp_path, "SELECT customer_id, net_lifetime_value FROM customers WHERE has_purchased ORDER BY 1") == [
        ("1", Decimal("50.00")),
        (f"guest-{KEY[:-1]}e", Decimal("-10.00")),
    ]
    assert query(tmp_path, "SELECT SUM(visa_amount), SUM(credit_card_amount) FROM orders") == [
        (Decimal("50.00"), Decimal("-10.00"))
    ]
