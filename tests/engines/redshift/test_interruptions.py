"""A build on Redshift that is interrupted: the published tables are unchanged, or the retry is right."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator

import ibis
import psycopg
import pyarrow as pa
import pytest

from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.run import RunResults, run_plan
from marketing_ibis.build.seed import seed_expressions
from marketing_ibis.engines.redshift.target import RedshiftTarget, open_redshift
from marketing_ibis.errors import TEMPORARY, RunFailed, TargetUnavailable, UsageError
from tests.engines.redshift.proxy import Action, Proxy
from tests.engines.redshift.warehouse import cluster, open_target, query, settings, shop_plan

MODELS = "dbt_marketing"
TABLES = ("halves", "report", "totals")
LOCK_HOLDER = "query LIKE 'SELECT holder%' AND state LIKE 'idle in transaction%'"
OLD, NEW = [(2, 350)], [(3, 400)]


@pytest.fixture(scope="module")
def shared() -> Iterator[Proxy]:
    with cluster() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return shop_plan(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def proxy(shared: Proxy, plan: Plan) -> Iterator[Proxy]:
    """A cluster with a first build, and a sale that came after it."""
    with open_target(shared) as target:
        assert run_plan(plan, target).published
    query(shared, "INSERT INTO dbt_production.sales VALUES (4, 50)")
    shared.statements.clear()
    yield shared
    shared.faults.clear()
    query(shared, f"DROP SCHEMA {MODELS} CASCADE")
    query(shared, "DELETE FROM dbt_production.sales WHERE id = 4")


def totals(proxy: Proxy) -> list[tuple[object, ...]]:
    return query(proxy, f"SELECT * FROM {MODELS}.totals")


def standing(proxy: Proxy) -> list[str]:
    """Return the build that each table is from, by its time of creation."""
    rows = query(
        proxy,
        f"SELECT relname || ' ' || oid FROM pg_class WHERE relnamespace = '{MODELS}'::regnamespace AND relkind = 'r'"
        " AND relname NOT LIKE '%candidate' AND relname NOT LIKE '%lock' ORDER BY 1",
    )
    return [str(row[0]) for row in rows]


def build(proxy: Proxy, plan: Plan, *, threads: int = 1, **settings: object) -> RunResults:
    with open_target(proxy, **settings) as target:
        return run_plan(plan, target, threads=threads)


STATEMENTS = {
    "reading the catalog": "format_type.*'sales'",
    "dropping a candidate": "DROP TABLE IF EXISTS .*halves__candidate",
    "creating a view": "CREATE VIEW .*stg_sales__candidate",
    "creating a table": "CREATE TABLE .*halves__candidate",
    "filling a table": "INSERT INTO .*totals__candidate",
    "starting to publish": "^BEGIN$",
    "publishing": "ALTER TABLE .*totals__candidate",
    "committing": "^COMMIT$",
    "refreshing statistics": "^ANALYZE",
    "labelling": "^SET query_group TO 'marketing_ibis: report'",
}
ACTIONS: tuple[Action, ...] = ("drop_before", "drop_after", "drop_answer", "error")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("what", STATEMENTS)
def test_wherever_it_is_cut_short_once_it_is_done_again_and_right(
    proxy: Proxy, plan: Plan, what: str, action: Action
) -> None:
    if what == "dropping a candidate":
        # Only what an earlier build left is dropped before it is created.
        query(proxy, f"CREATE TABLE {MODELS}.halves__candidate (n int)")
    fault = proxy.inject(STATEMENTS[what], action, sqlstate="XX000")
    assert build(proxy, plan).published
    assert fault.seen >= 1
    assert totals(proxy) == NEW
    assert not [name for name in query(proxy, "SELECT relname FROM pg_class") if "candidate" in str(name)]
    assert query(proxy, f"SELECT count(*) FROM {MODELS}.halves") == [(3,)]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("what", ["filling a table", "publishing"])
def test_when_it_is_cut_short_each_time_the_old_tables_stand(
    proxy: Proxy, plan: Plan, what: str, action: Action
) -> None:
    before = standing(proxy)
    proxy.inject(STATEMENTS[what], action, times=99)
    try:
        results = build(proxy, plan)
        assert not results.published
        message = results.failures[0].message
    except RunFailed as error:
        message = error.message
    assert "It was tried 3 times" in message
    assert standing(proxy) == before
    assert totals(proxy) == OLD


def test_a_commit_that_took_effect_is_not_done_again(proxy: Proxy, plan: Plan) -> None:
    before = standing(proxy)
    proxy.inject("^COMMIT$", "drop_answer", nth=2)
    assert build(proxy, plan).published
    after = standing(proxy)
    assert not set(before) & set(after)
    assert proxy.count("^ALTER TABLE") == len(TABLES)


def test_with_no_answer_at_all_it_is_not_claimed_that_nothing_was_published(proxy: Proxy, plan: Plan) -> None:
    """The response to COMMIT is lost, and the server cannot be reached afterwards."""
    assert build(proxy, plan).published
    asked, labelled = proxy.count("FROM pg_catalog.pg_class"), proxy.count("marketing_ibis: publish'")
    proxy.inject("^COMMIT$", "drop_answer", nth=2)
    proxy.inject("marketing_ibis: publish'", "drop_before", nth=labelled + 1, times=99)
    proxy.inject("FROM pg_catalog.pg_class", "drop_before", nth=asked + 1, times=99)
    with pytest.raises(RunFailed, match="Could not confirm whether the tables were published") as caught:
        build(proxy, plan)
    assert "Either all of them were published or none" in caught.value.hint


def test_a_serialization_failure_is_reported_with_model_and_wait(
    proxy: Proxy, plan: Plan, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.inject("INSERT INTO .*totals", "error", sqlstate="40001", times=2)
    assert build(proxy, plan).published
    message = [record.getMessage() for record in caplog.records if record.name != "stamina"]
    assert [re.sub(r"\d+\.\d s", "N s", line) for line in message] == [
        "totals: 1023: Serializable isolation violation on table - 100234, transactions forming the cycle are: 1, 2."
        f" Trying again in about N s ({number} of 2)."
        for number in (1, 2)
    ]
    assert not [record for record in caplog.records if record.name == "stamina"]


def test_what_does_not_pass_is_not_tried_again(proxy: Proxy, plan: Plan) -> None:
    proxy.inject("INSERT INTO .*totals", "error", sqlstate="22003", message="overflow", detail="", times=99)
    results = build(proxy, plan)
    assert [(failure.message, failure.is_temporary) for failure in results.failures] == [("overflow", False)]
    assert proxy.count("INSERT INTO .*totals") == 1


def test_waits_double(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    proxy.inject("SELECT 7", "error", times=3)
    with open_redshift(settings(proxy, retries=3), first_wait=0.1) as target:
        started = time.perf_counter()
        assert target.attempt("seven", lambda: target.query("SELECT 7")) == [(7,)]
        waited = time.perf_counter() - started
    assert re.findall(r"about (\S+) s", caplog.text) == ["0.1", "0.2", "0.4"]
    assert waited >= 0.7


def test_without_retries_the_first_failure_counts(proxy: Proxy, plan: Plan) -> None:
    proxy.inject("INSERT INTO .*totals", "drop_before")
    (failure,) = build(proxy, plan, retries=0).failures
    assert failure.message.startswith("The connection to Redshift was lost")
    assert "tried" not in failure.message
    assert failure.is_temporary


def test_a_transaction_that_lost_its_connection_does_not_go_on_without_one(proxy: Proxy) -> None:
    proxy.inject("SELECT 7", "drop_before")
    with open_target(proxy) as target:
        target.execute("CREATE TABLE late.half (n int)")
        with pytest.raises(RunFailed, match="lost within a transaction"):
            go_on_regardless(target)
        assert target.query("SELECT count(*) FROM late.half") == [(0,)]
        target.execute("DROP TABLE late.half")


def test_a_session_that_the_administrator_ends_is_opened_anew(proxy: Proxy, plan: Plan) -> None:
    with open_target(proxy) as target:
        end_sessions(proxy, f"pid = {pid(target)}")
        assert run_plan(plan, target).published


def test_a_session_that_is_ended_each_time_says_so(proxy: Proxy) -> None:
    with open_target(proxy) as target:

        def work() -> None:
            end_sessions(proxy, f"pid = {pid(target)}")
            target.query("SELECT 1")

        with pytest.raises(RunFailed, match="Redshift ended the session: terminating connection") as caught:
            target.attempt("work", work)
        assert "restarting, paused or resizing" in caught.value.hint


def test_steps_side_by_side_are_each_done_again(proxy: Proxy, plan: Plan) -> None:
    proxy.inject("INSERT INTO .*totals", "drop_answer")
    proxy.inject("INSERT INTO .*halves", "error")
    assert build(proxy, plan, threads=3).published
    assert totals(proxy) == NEW


def test_a_cluster_that_restarts_costs_no_build(proxy: Proxy, plan: Plan) -> None:
    """Every connection breaks at once, including that of the lock."""
    slow = proxy.inject("INSERT INTO .*totals", "delay", seconds=0.3)
    killer = threading.Thread(target=lambda: (wait_for(lambda: slow.seen > 0), proxy.kill()))
    killer.start()
    assert build(proxy, plan).published
    killer.join()
    assert totals(proxy) == NEW


def test_of_two_builds_at_once_the_second_waits(
    proxy: Proxy, plan: Plan, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketing_ibis.engines.redshift.lock.QUIET_SECONDS", 0.1)
    slow = proxy.inject("INSERT INTO .*totals", "delay", seconds=0.6)
    outcomes: list[RunResults] = []
    first = threading.Thread(target=lambda: outcomes.append(build(proxy, plan)))
    first.start()
    wait_for(lambda: slow.seen > 0)
    started = time.perf_counter()
    assert build(proxy, plan).published
    first.join()
    assert time.perf_counter() - started > 0.3
    assert [results.published for results in outcomes] == [True]
    assert "Another command is writing schema dbt_marketing; waiting" in caplog.text


def test_two_builds_that_begin_together_in_no_schema_at_all_succeed(proxy: Proxy, plan: Plan) -> None:
    query(proxy, f"DROP SCHEMA {MODELS} CASCADE")
    outcomes: list[bool] = []
    builds = [
        threading.Thread(target=lambda: outcomes.append(build(proxy, plan, lock_wait=60).published)) for _ in range(3)
    ]
    for thread in builds:
        thread.start()
    for thread in builds:
        thread.join()
    assert outcomes == [True, True, True]


@pytest.mark.parametrize("made", ["CREATE SCHEMA", "CREATE TABLE .*_lock"])
def test_what_another_build_makes_at_the_same_moment_is_looked_at_again(proxy: Proxy, plan: Plan, made: str) -> None:
    query(proxy, f"DROP SCHEMA {MODELS} CASCADE")
    message = "duplicate key value violates unique constraint"
    fault = proxy.inject(made, "error", sqlstate="23505", message=message, detail="")
    assert build(proxy, plan).published
    assert fault.seen == 2


def test_when_the_wait_is_over_the_second_build_stops_and_touches_nothing(proxy: Proxy, plan: Plan) -> None:
    with open_target(proxy) as first, first.exclusive(MODELS), open_target(proxy, lock_wait=3) as second:
        proxy.statements.clear()
        with pytest.raises(TargetUnavailable, match="Another command has been writing schema dbt_marketing") as caught:
            run_plan(plan, second)
        assert not [sql for sql in proxy.statements if re.match("DROP|CREATE|INSERT", sql)]
    assert caught.value.exit_code == TEMPORARY
    assert "pg_terminate_backend" in caught.value.hint
    assert totals(proxy) == OLD


def test_a_killed_session_frees_the_lock(proxy: Proxy, plan: Plan) -> None:
    with open_target(proxy) as first, first.exclusive(MODELS):
        end_sessions(proxy, LOCK_HOLDER)
        started = time.perf_counter()
        assert build(proxy, plan).published
        assert time.perf_counter() - started < 5


def test_a_build_that_lost_its_lock_to_another_publishes_nothing(proxy: Proxy, plan: Plan) -> None:
    with open_target(proxy) as first, first.exclusive(MODELS):
        end_sessions(proxy, LOCK_HOLDER)
        assert build(proxy, plan).published
        with pytest.raises(RunFailed, match="another build has run since"), first.transaction():
            first.execute(f"DROP TABLE {MODELS}.report")
    assert query(proxy, f"SELECT * FROM {MODELS}.report") == [(3,)]


def test_the_lock_is_free_after_a_build_that_failed(proxy: Proxy, plan: Plan) -> None:
    proxy.inject("INSERT INTO .*totals", "error", sqlstate="22003", message="overflow", detail="")
    assert not build(proxy, plan).published
    assert build(proxy, plan, lock_wait=0.1).published


CHANGES = (
    "INSERT INTO dbt_production.sales VALUES (5, 1)",
    "DELETE FROM dbt_production.sales WHERE id = 4",
    "UPDATE dbt_production.sales SET cents = cents + 1 WHERE id = 4",
    "UPDATE dbt_production.sales SET cents = NULL WHERE id = 4",
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_build_whose_source_changes_publishes_nothing(proxy: Proxy, plan: Plan, change: str) -> None:
    before = standing(proxy)

    def interfere(step: Step) -> None:
        if step.name == "totals":
            query(proxy, change)

    with open_target(proxy) as target:
        with pytest.raises(RunFailed, match=r"Nothing was published: dbt_production\.sales changed") as caught:
            run_plan(plan, target, on_start=interfere)
        assert caught.value.is_temporary
        assert standing(proxy) == before
    query(proxy, "DELETE FROM dbt_production.sales WHERE id > 3")
    query(proxy, "INSERT INTO dbt_production.sales VALUES (4, 50)")
    assert build(proxy, plan).published
    assert totals(proxy) == NEW


def test_a_seed_and_a_build_exclude_each_other(proxy: Proxy, plan: Plan) -> None:
    tables = {"sales": ibis.memtable(pa.table({"id": [1], "cents": [1]}))}
    with (
        open_target(proxy) as first,
        first.exclusive(MODELS),
        open_target(proxy, lock_wait=1) as second,
        pytest.raises(TargetUnavailable, match="has been writing schema dbt_marketing"),
    ):
        seed_expressions(second, tables, "shop", models=MODELS)
    with open_target(proxy) as target:
        seed_expressions(target, tables, "shop", models=MODELS)
        seed_expressions(target, tables, "shop", models=MODELS)
        target.execute("INSERT INTO shop.sales VALUES (2, 2)")
        with pytest.raises(UsageError, match="changed after it was seeded with 1 rows; 2 rows"):
            seed_expressions(target, tables, "shop", models=MODELS)
        assert target.query("SELECT COUNT(*) FROM shop.sales") == [(2,)]
    query(proxy, "DROP SCHEMA shop CASCADE")


def go_on_regardless(target: RedshiftTarget) -> None:
    with target.transaction():
        with contextlib.suppress(RunFailed):
            target.query("SELECT 7")
        target.execute("INSERT INTO late.half VALUES (1)")


def pid(target: RedshiftTarget) -> int:
    ((number,),) = target.query("SELECT pg_backend_pid()")
    return int(str(number))


def end_sessions(proxy: Proxy, condition: str) -> None:
    with psycopg.connect(**proxy.server, autocommit=True) as connection:  # type: ignore[arg-type]
        found = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
        ).fetchall()
    assert found == [(True,)]


def wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
