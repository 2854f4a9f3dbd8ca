"""On PostgreSQL, only one command writes at a time, and a build whose sources change publishes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import Discarded, RunResults, run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, make_shop

SOURCES, MODELS = "dbt_production", "dbt_marketing"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Plan]:
    shop = make_shop(tmp_path_factory.mktemp("shop"))
    dataflow = shop.project.compile(AS_OF)

    def plan(*names: str) -> Plan:
        schemas = shop.plan().schemas
        return build_plan(dataflow, names or tuple(dataflow.models), ENGINES["postgres"].dialect(), schemas)

    return plan


@pytest.fixture
def uri() -> Iterator[str]:
    with fresh_database() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {SOURCES}")
            connection.execute(f"CREATE TABLE {SOURCES}.sales (id bigint, cents bigint, note text)")
            connection.execute(f"INSERT INTO {SOURCES}.sales VALUES (1, 100), (2, 250), (3, -5)")
        yield address


@contextmanager
def opened(uri: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(uri)) as target:
        yield target


def build(uri: str, plan: Plan, *statements: str, when: str = "totals", threads: int = 1) -> RunResults:
    """Build, while another session executes ``statements`` before the model ``when`` is started."""

    def interfere(step: Step) -> None:
        if step.name == when:
            with psycopg.connect(uri, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement)

    with opened(uri) as target:
        return run_plan(plan, target, on_start=interfere, threads=threads)


def report(uri: str) -> object:
    with psycopg.connect(uri) as connection:
        return connection.execute(f"SELECT n FROM {MODELS}.report").fetchall()


CHANGES = {
    "a row added": (f"INSERT INTO {SOURCES}.sales VALUES (4, 50)",),
    "a row deleted": (f"DELETE FROM {SOURCES}.sales WHERE id = 2",),
    "a row changed": (f"UPDATE {SOURCES}.sales SET cents = 251 WHERE id = 2",),
    "a row replaced by its like": (
        f"DELETE FROM {SOURCES}.sales WHERE id = 2",
        f"INSERT INTO {SOURCES}.sales VALUES (2, 250)",
    ),
    "loaded again": (f"TRUNCATE {SOURCES}.sales", f"INSERT INTO {SOURCES}.sales VALUES (1, 1), (2, 2), (3, 3)"),
    "made again": (
        f"ALTER TABLE {SOURCES}.sales RENAME TO old",
        f"CREATE TABLE {SOURCES}.sales AS SELECT * FROM {SOURCES}.old",
    ),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("what", CHANGES)
def test_a_build_whose_source_changes_publishes_nothing(
    uri: str, plans: Callable[..., Plan], what: str, threads: int
) -> None:
    assert build(uri, plans()).published
    before = report(uri)
    with pytest.raises(RunFailed, match=r"Nothing was published: dbt_production\.sales changed") as caught:
        build(uri, plans(), *CHANGES[what], threads=threads)
    assert caught.value.is_temporary
    assert "Run again" in caught.value.hint
    assert report(uri) == before
    assert build(uri, plans()).published


def test_what_leaves_the_rows_alone_stops_no_build(uri: str, plans: Callable[..., Plan]) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.other (id int)")
    harmless = (
        f"VACUUM FREEZE {SOURCES}.sales",
        f"VACUUM FULL {SOURCES}.sales",
        f"ANALYZE {SOURCES}.sales",
        f"CREATE INDEX ON {SOURCES}.sales (id)",
        f"GRANT SELECT ON {SOURCES}.sales TO PUBLIC",
        "INSERT INTO public.other VALUES (1)",
    )
    assert build(uri, plans(), *harmless).published


VIEWS = (
    f"ALTER TABLE {SOURCES}.sales RENAME TO stored",
    f"CREATE VIEW {SOURCES}.sales AS SELECT id, cents, now() AS asked_at, random() AS luck FROM {SOURCES}.stored",
)


def test_a_view_in_the_place_of_a_source_is_compared_by_its_declared_columns(
    uri: str, plans: Callable[..., Plan]
) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in VIEWS:
            connection.execute(statement)
    assert build(uri, plans(), f"UPDATE {SOURCES}.stored SET note = 'x'").published
    with pytest.raises(RunFailed, match=r"dbt_production\.sales changed"):
        build(uri, plans(), f"UPDATE {SOURCES}.stored SET cents = cents + 1 WHERE id = 3")


def test_columns_granted_one_by_one_are_compared(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader_of_columns LOGIN")
        connection.execute(f"GRANT USAGE ON SCHEMA {SOURCES} TO reader_of_columns")
        connection.execute(f"GRANT SELECT (id, cents) ON {SOURCES}.sales TO reader_of_columns")
        sales = Relation(SOURCES, "sales")
        with ENGINES["postgres"].open(settings_of(uri, user="reader_of_columns")) as target:
            before = target.versions({sales: ("id", "cents")})
            assert target.versions({sales: ("id", "cents"), Relation(SOURCES, "absent"): ("id",)}) == before
            connection.execute(f"UPDATE {SOURCES}.sales SET cents = 0 WHERE id = 1")
            assert target.versions({sales: ("id", "cents")}) != before
        connection.execute("DROP OWNED BY reader_of_columns CASCADE")
        connection.execute("DROP ROLE reader_of_columns")


def test_what_a_published_view_reads_counts_too(uri: str, plans: Callable[..., Plan]) -> None:
    assert build(uri, plans()).published
    with pytest.raises(RunFailed, match=r"dbt_production\.sales changed"):
        build(uri, plans("totals"), f"DELETE FROM {SOURCES}.sales")


def test_a_published_table_that_is_read_counts_too(uri: str, plans: Callable[..., Plan]) -> None:
    assert build(uri, plans()).published
    with pytest.raises(RunFailed, match=r"dbt_marketing\.halves changed"):
        build(uri, plans("report"), f"DELETE FROM {MODELS}.halves", when="report")


def test_writers_exclude_each_other_and_readers_of_sources_do_not(uri: str) -> None:
    with opened(uri) as first, opened(uri) as second:
        with first.exclusive(MODELS, read=(SOURCES,)):
            with second.exclusive("dev", read=(SOURCES,)):
                pass
            for written in ((SOURCES, MODELS), (SOURCES, "dev"), (MODELS,)):
                with pytest.raises(TargetUnavailable) as caught, second.exclusive(*written):
                    pytest.fail("two commands write at once")
                assert caught.value.is_temporary
        with first.exclusive(SOURCES, MODELS), pytest.raises(TargetUnavailable, match="is writing schema"):
            second.exclusive("dev", read=(SOURCES,)).__enter__()
        with second.exclusive(SOURCES, MODELS), second.session() as third:
            assert third.query("SELECT 1") == [(1,)]
        assert first.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_a_source_that_changed_is_reported_before_the_model_that_failed_for_it(
    uri: str, plans: Callable[..., Plan]
) -> None:
    assert build(uri, plans()).published
    before = report(uri)
    overflow = f"UPDATE {SOURCES}.sales SET cents = 9223372036854775807"
    for statement in (overflow, f"ALTER TABLE {SOURCES}.sales RENAME TO elsewhere"):
        with pytest.raises(Discarded, match=r"dbt_production\.sales changed") as caught:
            build(uri, plans(), statement)
        assert {result.step.name for result in caught.value.results.results} == {
            "stg_sales",
            "totals",
            "halves",
            "report",
        }
    assert report(uri) == before
