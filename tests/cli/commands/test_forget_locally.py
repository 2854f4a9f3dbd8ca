"""``forget`` on DuckDB: what is found, refused, dropped and written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from marketing_ibis.docs_site.folders import MARK
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.errors import RunFailed
from tests.engine_shops import Rows, engine_shop
from tests.forgetting_shop import fill_sources, forgetting_nodes
from tests.invocation import invoke
from tests.shop import make_shop

CUSTOMERS = (
    "(1, 'Ann', 'ann@example.com', true), (2, 'Bob', 'bob@example.com', true), (3, 'Cy', 'Bob@Example.com', false)"
)
ORDERS = (
    "(11, 1, NULL, 500), (12, 1, NULL, -5), (13, 2, NULL, 700), (14, NULL, 'ANN@example.com', 90), (15, 3, NULL, 1),"
    " (16, NULL, NULL, 20)"
)
PAYMENTS = "(1, 11, 500), (2, 13, 700), (3, 14, 90)"
DAY = "2024-05-15"
KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Place:
    """A database of its own for the project of the module."""

    project: Path
    target: Path

    def run(self, *arguments: str, code: int = 0) -> Result:
        where = ("--project-dir", str(self.project), "--target-path", str(self.target))
        return invoke(*arguments, *where, "--database", str(self.target / "w.duckdb"), code=code)

    def forget(self, *customers: str, options: tuple[str, ...] = ("--yes",), code: int = 0) -> str:
        names = [word for customer in customers for word in ("--customer", customer)]
        return " ".join(self.run("forget", *names, *options, code=code).output.split())

    def query(self, sql: str) -> Rows:
        with duckdb.connect(str(self.target / "w.duckdb")) as connection:
            return connection.execute(sql).fetchall()

    def values(self, select: str) -> list[object]:
        return [value for (value,) in self.query(select)]

    @property
    def receipts(self) -> list[dict[str, object]]:
        return [json.loads(path.read_text("utf-8")) for path in sorted((self.target / "forgotten").glob("*.json"))]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("forgetting")
    with engine_shop("duckdb", folder, **forgetting_nodes("int64")) as shop:
        fill_sources(shop.query, "BIGINT", CUSTOMERS, ORDERS, PAYMENTS)
        (folder / "target").mkdir()
        shutil.copy(shop.shop.database, folder / "target" / "w.duckdb")
        place = Place(folder, folder / "target")
        place.run("build", "--as-of", DAY, "--store-failures", "-q")
        place.run("snapshot", "--as-of", DAY, "-q")
        yield place


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    shutil.copytree(template.target, tmp_path / "target")
    return Place(template.project, tmp_path / "target")


def contents(place: Place) -> bytes:
    return (place.target / "w.duckdb").read_bytes()


def test_a_dry_run_changes_nothing(place: Place) -> None:
    before = contents(place)
    output = place.forget("1", options=("--dry-run",))
    assert "dbt_marketing.order_facts published table 2" in output
    assert "dbt_production.customers source: yours to delete 1" in output
    assert output.endswith("Nothing was deleted.")
    assert "there is no terminal to ask. Pass --yes" in place.forget("1", options=(), code=2)
    assert contents(place) == before
    assert place.receipts == []


def test_sources_that_still_have_the_customer_are_reported(place: Place) -> None:
    output = place.forget("1", code=1)
    assert "Delete 2 rows from dbt_production.orders: sources belong to the shop." in output
    assert "the next build or snapshot brings the rows back" in output
    (receipt,) = place.receipts
    assert receipt["sources"] == [
        {"source": "raw_customers", "table": "dbt_production.customers", "rows": 1},
        {"source": "raw_orders", "table": "dbt_production.orders", "rows": 2},
        {"source": "raw_payments", "table": "dbt_production.payments", "rows": 1},
    ]
    assert place.values("SELECT id FROM dbt_production.customers ORDER BY 1") == [1, 2, 3]
    assert place.values("SELECT customer_id FROM dbt_marketing.customer_value ORDER BY 1") == [2, 3]


@pytest.mark.parametrize("answer", [True, False])
def test_at_a_terminal_the_user_is_asked(place: Place, monkeypatch: pytest.MonkeyPatch, *, answer: bool) -> None:
    monkeypatch.setattr("marketing_ibis.cli.steps.forgetting._has_terminal", lambda session: True)
    monkeypatch.setattr("click.confirm", lambda *arguments, **options: answer)
    output = place.forget("1", options=(), code=1 if answer else 2)
    assert ("Receipt:" in output) == answer
    assert place.values("SELECT count(*) FROM dbt_marketing.customer_value") == [2 if answer else 3]


def test_tables_that_nothing_declares_are_reported(place: Place) -> None:
    place.query("CREATE TABLE dbt_marketing.theirs AS SELECT customer_id FROM dbt_marketing.customer_value")
    output = place.forget("1", code=1)
    assert "dbt_marketing.theirs has 1 row with keys of the customer, and nothing declares it" in output
    assert place.values("SELECT count(*) FROM dbt_marketing.theirs") == [3]


WRONG = (
    (("99",), 1, "No table has a row about customer 99; nothing was deleted."),
    (("1", "99", "98"), 1, "No table has a row about customer 98, 99; nothing was deleted."),
    (("1'; DROP",), 2, "is not the key of a customer: raw_customers.id is a whole number."),
    (("01",), 2, "without spaces or leading zeros"),
    (("9" * 30,), 2, "is not the key of a customer"),
    (("9" * 5_000,), 2, "999...' is not the key of a customer"),
    ((" ",), 2, "--customer is empty."),
    ((), 2, "Missing option '--customer'"),
)


@pytest.mark.parametrize(("customers", "code", "message"), WRONG)
def test_a_customer_that_does_not_exist_changes_nothing(
    place: Place, customers: tuple[str, ...], code: int, message: str
) -> None:
    before = contents(place)
    assert message in place.forget(*customers, code=code)
    assert contents(place) == before


def test_a_wrong_source_is_refused(place: Place) -> None:
    assert "raw_customer is not a source." in place.forget("1", options=("--source", "raw_customer"), code=2)


def test_orders_whose_customer_the_shop_has_cleared_are_deleted(place: Place) -> None:
    place.query("UPDATE dbt_production.orders SET user_id = NULL WHERE user_id = 1")
    place.query("DELETE FROM dbt_production.customers WHERE id = 1")
    assert "source: yours" not in place.forget("1")
    assert place.values("SELECT order_id FROM dbt_marketing.order_facts ORDER BY 1") == [13, 14, 15, 16]
    assert place.values("SELECT id FROM dbt_marketing.raw_orders_snapshot ORDER BY 1") == [13, 14, 15, 16]
    assert place.values("SELECT id FROM dbt_marketing.raw_payments_snapshot ORDER BY 1") == [2, 3]


def test_an_order_that_now_belongs_to_another_customer_stays(place: Place) -> None:
    place.query("UPDATE dbt_production.orders SET user_id = 2 WHERE id = 11")
    place.run("snapshot", "--as-of", "2024-05-16", "-q")
    place.forget("1", code=1)
    rows = place.query("SELECT id, user_id FROM dbt_marketing.raw_orders_snapshot WHERE id IN (11, 12)")
    assert rows == [(11, 2)]
    assert place.values("SELECT id FROM dbt_marketing.raw_payments_snapshot ORDER BY 1") == [1, 2, 3]


def test_a_guest_has_a_key_that_only_models_have(place: Place) -> None:
    assert "Other customers have the same e-mail address or phone number: -14." in place.forget("1", code=1)
    assert place.values("SELECT count(*) FROM dbt_marketing.order_facts WHERE order_id = 14") == [1]
    output = place.forget("-14", code=1)
    assert "Delete 1 row from dbt_production.orders" in output
    assert place.values("SELECT order_id FROM dbt_marketing.order_facts ORDER BY 1") == [13, 15, 16]
    assert place.values("SELECT id FROM dbt_marketing.raw_payments_snapshot ORDER BY 1") == [2]
    assert b"ANN@example.com" in contents(place)  # in the source, which has not been cleared


def test_what_no_command_needs_any_more_is_dropped(place: Place) -> None:
    for name in ("order_facts__candidate", "raw_orders_snapshot__candidate", "raw_orders_snapshot_changes__candidate"):
        place.query(f"CREATE TABLE dbt_marketing.{name} AS SELECT 1 AS id")
    place.query("CREATE TABLE dbt_marketing.theirs__candidate AS SELECT 1 AS id")
    place.query("CREATE TABLE dbt_production.orders__candidate AS SELECT 1 AS id")
    place.query("CREATE TABLE dbt_marketing_dbt_test__audit.removed_test AS SELECT 'ann@example.com' AS email")
    place.forget("1", code=1)
    names = place.values("SELECT table_name FROM information_schema.tables WHERE table_name SIMILAR TO '.*(_ca|_te).*'")
    assert names == ["theirs__candidate"]


def test_the_table_of_a_removed_model_is_cleared(place: Place) -> None:
    place.query("CREATE TABLE dbt_marketing.earlier AS SELECT customer_id, 1 AS id FROM dbt_marketing.customer_value")
    place.query(
        "INSERT INTO dbt_marketing.build_history VALUES ('2024-05-01', '2024-05-01', 'model_published', 'earlier', 1)"
    )
    assert "dbt_marketing.earlier table of a model that was removed 1" in place.forget("1", code=1)
    assert place.values("SELECT customer_id FROM dbt_marketing.earlier ORDER BY 1") == [2, 3]


def test_rows_that_stay_are_not_taken_for_changed(place: Place) -> None:
    place.forget("1", code=1)
    output = place.run("build", "--changed", "--as-of", DAY).output
    assert "order_facts" not in output.replace("order_facts is", "")
    assert place.values("SELECT order_id FROM dbt_marketing.order_facts ORDER BY 1") == [13, 14, 15, 16]


def test_a_table_that_another_program_changed_still_counts_as_changed(place: Place) -> None:
    place.query("UPDATE dbt_marketing.order_facts SET cents = 1 WHERE order_id = 13")
    place.forget("1", code=1)
    place.run("build", "--changed", "--as-of", DAY, "-q")
    assert place.values("SELECT cents FROM dbt_marketing.order_facts WHERE order_id = 13") == [700]


def test_results_and_the_site_do_not_name_the_customer(place: Place) -> None:
    site = place.target / "site"
    site.mkdir()
    (site / MARK).touch()
    (site / "tests.html").write_text("<p>First: id 12</p>", "utf-8")
    (place.target / "notes.txt").write_text("customer_id: 1", "utf-8")
    (place.target / "other.txt").write_text("customer_id: 11", "utf-8")
    results = (place.target / "latest_results.json").read_text("utf-8")
    assert '{"id": 12, "cents": -5}' in results
    output = place.forget("1", code=1)
    assert '"id": 12' not in (place.target / "latest_results.json").read_text("utf-8")
    assert not site.exists()
    assert f"{place.target / 'notes.txt'} may name the customer" in output
    assert "other.txt" not in output


def test_the_receipt_has_a_hash_and_not_the_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_IBIS_PROJECT_KEY", KEY)
    place.forget("1", code=1)
    place.query("INSERT INTO dbt_marketing.customer_value VALUES (1, 'Ann', 1, 1)")
    place.forget("1", code=1)
    monkeypatch.delenv("MARKETING_IBIS_PROJECT_KEY")
    place.forget("2", code=1)
    first, second, third = (receipt["customers"][0] for receipt in place.receipts)  # type: ignore[index]
    assert first == second
    assert set(third) == {"method", "salt", "hash"}
    text = "".join(path.read_text("utf-8") for path in (place.target / "forgotten").glob("*.json"))
    assert not [secret for secret in (KEY, "Ann", "ann@") if secret in text]


def test_a_failure_deletes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever statement fails, every row is still there."""
    tables = "SELECT order_id FROM dbt_marketing.order_facts UNION ALL SELECT id FROM dbt_marketing.raw_orders_snapshot"
    before = sorted(place.values(tables), key=str)
    execute: Callable[..., int | None] = DuckDBTarget.execute
    for last in (2, 5):
        deletions = iter(range(1, 100))

        def fail(self: DuckDBTarget, sql: str) -> int | None:
            if sql.startswith("DELETE") and next(deletions) == last:  # noqa: B023
                raise RunFailed("The engine refused the statement.")
            return execute(self, sql)

        monkeypatch.setattr(DuckDBTarget, "execute", fail)
        assert "The engine refused the statement." in place.forget("1", code=1)
        monkeypatch.setattr(DuckDBTarget, "execute", execute)
        assert sorted(place.values(tables), key=str) == before
    assert place.receipts == []


def test_rows_that_are_left_undo_everything(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    execute: Callable[..., int | None] = DuckDBTarget.execute

    def skip_orders(self: DuckDBTarget, sql: str) -> int | None:
        is_of_orders = sql.startswith("DELETE") and "order_facts" in sql
        return execute(self, sql.replace(" WHERE ", " WHERE false AND (", 1) + ")" if is_of_orders else sql)

    monkeypatch.setattr(DuckDBTarget, "execute", skip_orders)
    assert "dbt_marketing.order_facts still has 2 rows" in place.forget("1", code=1)
    assert place.values("SELECT count(*) FROM dbt_marketing.customer_value") == [3]


class Killed(BaseException):
    """The end of the process."""


def test_a_deletion_that_was_stopped_before_its_rows_left_the_disk_is_finished(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*arguments: object) -> str:
        raise Killed

    for table, condition in (("payments", "order_id < 13"), ("orders", "user_id = 1"), ("customers", "id = 1")):
        place.query(f"DELETE FROM dbt_production.{table} WHERE {condition}")
    with monkeypatch.context() as patch:
        patch.setattr(DuckDBTarget, "erase_deleted", kill)
        with pytest.raises(Killed):
            place.forget("1")
    assert b"ann@example.com" in contents(place)
    assert place.values("SELECT count(*) FROM dbt_marketing.raw_customers_snapshot WHERE id = 1") == [0]
    partial = place.target / "w.duckdb.0123456789abcdef.partial"
    partial.write_bytes(b"a copy by the command that was stopped")
    # Commands that do not delete leave it as it is.
    place.run("build", "--as-of", DAY, "-q")
    assert "forget without --dry-run finishes it" in place.forget("1", options=("--dry-run",))
    assert "An earlier deletion was stopped before its rows had left the disk; it is finished now." in place.forget("1")
    assert b"ann@example.com" not in contents(place)
    assert not partial.exists()
    stopped, finished = place.receipts
    assert (stopped["finishes_earlier_deletion"], finished["finishes_earlier_deletion"]) == (False, True)
    assert finished["tables"] == []
    assert "No table has a row about customer 1" in place.forget("1", code=1)


def test_a_file_that_could_not_be_rewritten_is_rewritten_next_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(DuckDBTarget, "_replace_by_copy", fail)
        assert "may contain deleted rows in unused blocks: No space left on device" in place.forget("1", code=1)
        output = place.forget("3", code=1)
    assert "An earlier deletion was stopped before its rows had left the disk; it is still unfinished." in output
    assert "finished now" not in output
    assert "it is finished now" in place.forget("2", code=1)
    assert [receipt["finishes_earlier_deletion"] for receipt in place.receipts] == [False, False, True]
    assert place.values("SELECT count(*) FROM information_schema.tables WHERE table_name = 'unerased_tables'") == [0]


@pytest.mark.parametrize("options", [("--yes",), ()])
def test_a_customer_that_does_not_exist_is_reported_after_an_earlier_deletion_is_finished(
    place: Place, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DuckDBTarget, "erase_deleted", lambda *arguments: "The disk is full")
        place.forget("1", code=1)
        assert "it is still unfinished. The disk is full." in place.forget("99", options=options, code=1)
    assert "forget without" not in place.forget("99", options=("--dry-run",), code=1)
    output = place.forget("2", "99", options=options, code=1)
    assert "No table has a row about customer 99; nothing was deleted. An earlier deletion was stopped" in output
    assert "it is finished now." in output
    assert place.values("SELECT count(*) FROM information_schema.tables WHERE table_name = 'unerased_tables'") == [0]
    assert place.values("SELECT customer_id FROM dbt_marketing.customer_value ORDER BY 1") == [2, 3]
    assert len(place.receipts) == 1


def test_sources_that_refer_to_no_customer_are_named_or_searched_for_addresses(template: Place, tmp_path: Path) -> None:
    letters = """
        @source(table="letters", grain=("address",), columns=(column("address", "string", "To.", pii=True),))
        def raw_letters() -> ir.Table:
            '''Subscribers of the newsletter.'''
        """
    shop = make_shop(tmp_path / "project", **forgetting_nodes("int64"), raw_letters=letters)
    shutil.copytree(template.target, tmp_path / "target")
    place = Place(shop.root, tmp_path / "target")
    place.query("CREATE TABLE dbt_production.letters AS SELECT unnest([' Ann@Example.com', 'x@y.org']) AS address")
    output = place.forget("1", code=1)
    assert "Not searched, as no relationships test says whose rows they have: dbt_production.sales." in output
    assert "Delete 1 row from dbt_production.letters: sources belong to the shop." in output
    assert place.receipts[0]["not_searched"] == ["dbt_production.sales"]


def test_a_phone_number_that_may_be_a_date_is_searched_for(template: Place, tmp_path: Path) -> None:
    letters = """
        @source(table="letters", grain=("contact",), columns=(column("contact", "string", "To.", pii=True),))
        def raw_letters() -> ir.Table:
            '''Letters.'''
        """
    nodes = {name: text.replace('"name"', '"phone"') for name, text in forgetting_nodes("int64").items()}
    shop = make_shop(tmp_path / "project", **nodes, raw_letters=letters)
    shutil.copytree(template.target, tmp_path / "target")
    place = Place(shop.root, tmp_path / "target")
    place.query("ALTER TABLE dbt_production.customers RENAME name TO phone")
    place.query("UPDATE dbt_production.customers SET phone = '20121212' WHERE id = 1")
    place.query("CREATE TABLE dbt_production.letters AS SELECT unnest(['20121212', '20121213']) AS contact")
    place.run("build", "--as-of", DAY, "-q")
    assert "dbt_production.letters source: yours to delete 1" in place.forget("1", options=("--dry-run",))


def test_the_new_file_has_everything_that_is_not_about_the_customer(place: Place) -> None:
    place.query("COMMENT ON TABLE dbt_production.orders IS 'mark'")
    place.query("COMMENT ON COLUMN dbt_production.orders.cents IS 'Amount'")
    place.query("CREATE SCHEMA other")
    place.query("CREATE TABLE other.theirs (id INTEGER PRIMARY KEY, kind VARCHAR NOT NULL DEFAULT 'x')")
    place.query("INSERT INTO other.theirs (id) SELECT unnest(range(5, 0, -1))")
    place.query("CREATE VIEW other.view_of_theirs AS SELECT id FROM other.theirs")
    catalog = (
        "SELECT schema_name, table_name, comment, sql FROM duckdb_tables() UNION ALL"
        " SELECT schema_name, view_name, comment, sql FROM duckdb_views() WHERE NOT internal UNION ALL"
        " SELECT table_name, column_name, comment, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    )
    (place.target / "w.duckdb").chmod(0o640)
    before = place.query(catalog)
    place.forget("1", code=1)
    assert place.query(catalog) == before
    assert place.values("SELECT id FROM other.view_of_theirs") == [5, 4, 3, 2, 1]
    assert (place.target / "w.duckdb").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in place.target.glob("w.duckdb*")] == ["w.duckdb"]
