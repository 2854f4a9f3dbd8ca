"""Building on Redshift through Amazon's own driver: queries, publishing and rollbacks."""

from __future__ import annotations

import inspect
import logging
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import ibis
import pytest
import redshift_connector

from marketing_ibis.build.plan import Plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.errors import statement_failure
from marketing_ibis.engines.redshift.profile_login import read_login, read_retries
from marketing_ibis.engines.redshift.target import RedshiftTarget, open_redshift
from marketing_ibis.engines.secret import Secret
from marketing_ibis.engines.target import ReadOptions
from marketing_ibis.errors import (
    TEMPORARY,
    ConfigurationError,
    MarketingIbisError,
    RunFailed,
    TargetUnavailable,
    UsageError,
    ValueRefused,
)
from tests.engines.redshift.proxy import Proxy, refused
from tests.engines.redshift.warehouse import PASSWORD, cluster, open_target, query, settings, shop_plan
from tests.shop import SHOP

MODELS = "dbt_marketing"


@pytest.fixture(scope="module")
def shared() -> Iterator[Proxy]:
    with cluster() as proxy:
        yield proxy


@pytest.fixture
def proxy(shared: Proxy) -> Iterator[Proxy]:
    """The cluster as new."""
    shared.faults.clear()
    shared.statements.clear()
    yield shared
    query(shared, f"DROP SCHEMA IF EXISTS {MODELS} CASCADE")


@pytest.fixture
def target(proxy: Proxy) -> Iterator[RedshiftTarget]:
    with open_target(proxy) as target:
        yield target


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return shop_plan(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def failing_plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    failing = SHOP["totals"].replace("n=stg_sales.count()", "n=(stg_sales.cents / 0).sum().cast('int64')")
    return shop_plan(tmp_path_factory.mktemp("failing"), totals=failing)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_shop_is_built_and_published(proxy: Proxy, target: RedshiftTarget, plan: Plan, threads: int) -> None:
    results = run_plan(plan, target, threads=threads)
    assert results.published
    assert {r.step.name: r.rows for r in results.results} == {"stg_sales": None, "totals": 1, "halves": 2, "report": 1}
    assert dict(target.relations(MODELS)) == {
        "stg_sales": "view",
        "totals": "table",
        "halves": "table",
        "report": "table",
    }
    assert query(proxy, f"SELECT * FROM {MODELS}.totals") == [(2, 350)]


def test_a_second_build_replaces_the_first(proxy: Proxy, target: RedshiftTarget, plan: Plan) -> None:
    run_plan(plan, target)
    query(proxy, "INSERT INTO dbt_production.sales VALUES (4, 50)")
    run_plan(plan, target)
    query(proxy, "DELETE FROM dbt_production.sales WHERE id = 4")
    assert query(proxy, f"SELECT * FROM {MODELS}.totals") == [(3, 400)]


def test_after_a_failure_what_stood_still_stands(
    proxy: Proxy, target: RedshiftTarget, plan: Plan, failing_plan: Plan
) -> None:
    run_plan(plan, target)
    before = query(proxy, f"SELECT tableoid, * FROM {MODELS}.totals")
    results = run_plan(failing_plan, target)
    assert not results.published
    assert [failure.message for failure in results.failures] == ["division by zero"]
    assert query(proxy, f"SELECT tableoid, * FROM {MODELS}.totals") == before
    assert run_plan(plan, target).published


def test_a_failure_in_publishing_undoes_all_of_it(proxy: Proxy, target: RedshiftTarget, plan: Plan) -> None:
    run_plan(plan, target)
    before = query(proxy, f"SELECT tableoid FROM {MODELS}.halves")
    proxy.inject("ALTER TABLE .*report", "error", sqlstate="42501", message="permission denied", detail="")
    with pytest.raises(RunFailed, match="Nothing was published: permission denied"):
        run_plan(plan, target)
    assert query(proxy, f"SELECT tableoid FROM {MODELS}.halves") == before


def test_statements_are_labelled_with_the_model(proxy: Proxy, target: RedshiftTarget, plan: Plan) -> None:
    run_plan(plan, target)
    assert "SET query_group TO 'marketing_ibis: totals'" in proxy.statements
    target.attempt("it's", lambda: None)
    assert target.query("SELECT current_setting('marketing_ibis.query_group')") == [("marketing_ibis: it's",)]


def test_a_group_of_the_profile_is_kept(proxy: Proxy) -> None:
    with open_target(proxy, query_group="night", tcp_keepalive_idle=30) as target:
        target.attempt("totals", lambda: None)
        assert target.query("SELECT current_setting('marketing_ibis.query_group')") == [("night",)]


def test_columns_have_the_types_of_the_catalog(target: RedshiftTarget) -> None:
    target.execute("CREATE TABLE late.kinds (i int, t varchar(7), d numeric(10,3), w timestamp, z timestamptz, b bool)")
    assert dict(target.columns(Relation("late", "kinds"))) == {
        "i": "int32",
        "t": "string",
        "d": "decimal(10, 3)",
        "w": "timestamp",
        "z": "timestamp('UTC')",
        "b": "boolean",
    }
    target.execute("DROP TABLE late.kinds")


def test_columns_of_a_late_binding_view_are_asked_of_its_function(target: RedshiftTarget) -> None:
    found = target.columns(Relation("late", "seen"))
    assert list(found.items()) == [("amount", "decimal(12, 2)"), ("word", "string")]


def test_what_is_not_there_has_no_columns_and_no_relations(target: RedshiftTarget) -> None:
    assert target.columns(Relation("late", "absent")) == {}
    assert target.relations("o'absent") == {}


def test_rows_written_are_counted_and_values_come_as_they_are(target: RedshiftTarget) -> None:
    assert target.execute("CREATE TEMP TABLE t (n numeric(9,2), d date, w varchar(9))") is None
    assert target.execute("INSERT INTO t VALUES (1.50, '2024-02-29', '100%'), (NULL, NULL, NULL)") == 2
    rows = target.query("SELECT n, w FROM t WHERE w LIKE '%0%' OR w IS NULL ORDER BY n")
    assert rows == [(Decimal("1.50"), "100%"), (None, None)]


def test_a_table_that_another_session_replaced_is_read_anew(proxy: Proxy, target: RedshiftTarget) -> None:
    query(proxy, "CREATE TABLE late.swapped (n int)")
    assert target.query("SELECT * FROM late.swapped") == []
    query(proxy, "DROP TABLE late.swapped; CREATE TABLE late.swapped AS SELECT 'x'::text AS word")
    assert target.query("SELECT * FROM late.swapped") == [("x",)]
    query(proxy, "DROP TABLE late.swapped")


def test_an_interrupted_transaction_is_undone(proxy: Proxy, target: RedshiftTarget) -> None:
    def interrupted() -> None:
        with target.transaction():
            target.execute("CREATE TABLE late.interrupted (n int)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "interrupted" not in target.relations("late")


def test_a_statement_may_take_longer_than_the_login(proxy: Proxy) -> None:
    with open_target(proxy, connect_timeout=1) as target:
        assert target.query("SELECT 1 AS takes_1200_ms") == [(1,)]


def test_files_are_refused_with_the_way_to_load_them(target: RedshiftTarget) -> None:
    with pytest.raises(UsageError, match=r"Redshift cannot read orders\.csv") as caught:
        target.load_files([Path("orders.csv")], ibis.schema({"n": "int64"}), ReadOptions(), Relation("s", "orders"))
    assert "COPY" in caught.value.hint


def test_it_is_opened_by_name(proxy: Proxy) -> None:
    with ENGINES["redshift"].open(settings(proxy)) as target:
        assert target.query("SELECT 1") == [(1,)]


@pytest.fixture
def reader(proxy: Proxy) -> Iterator[str]:
    query(proxy, 'CREATE ROLE "rea""der"')
    yield 'rea"der'
    query(proxy, 'DROP ROLE "rea""der"')


def test_a_role_is_taken_on_again_with_every_connection(proxy: Proxy, reader: str) -> None:
    with open_target(proxy, role=reader) as target:
        assert target.query("SELECT current_user") == [(reader,)]
        proxy.kill()
        assert target.attempt("who", lambda: target.query("SELECT current_user")) == [(reader,)]


def test_missing_rights_are_reported_with_the_page_of_grants(proxy: Proxy, reader: str, plan: Plan) -> None:
    with open_target(proxy, role=reader) as target:
        with pytest.raises(RunFailed, match="permission denied for schema dbt_production") as caught:
            target.query("SELECT * FROM dbt_production.sales")
        assert "docs/how-to/redshift.md" in caught.value.hint
        with pytest.raises(RunFailed, match="permission denied for database"):
            run_plan(plan, target)


def test_a_missing_schema_is_reported(target: RedshiftTarget) -> None:
    with pytest.raises(RunFailed, match='schema "absent" does not exist') as caught:
        target.execute("CREATE TABLE absent.t (n int)")
    assert "Create the schema" in caught.value.hint


def test_a_cancelled_query_is_reported_and_not_tried_again(proxy: Proxy, target: RedshiftTarget) -> None:
    target.execute("SET statement_timeout TO 50")
    with pytest.raises(RunFailed, match="cancel") as caught:
        target.attempt("slow", lambda: target.query("SELECT 1 AS takes_5000_ms"))
    assert "statement_timeout" in caught.value.hint
    assert proxy.count("takes_5000_ms") == 1


UNREACHABLE = {
    "host": ({"host": "no-such-host.invalid"}, "Host no-such-host.invalid does not exist", "spelling"),
    "port": ({"port": 1}, "No server is listening at 127.0.0.1:1", "5439"),
    "password": ({"password": "wrong"}, "refused user", "password"),
    "user": ({"user": "stranger"}, "refused user stranger", "user"),
    "database": ({"dbname": "absent"}, "has no database absent", "profiles.yml"),
    "encryption": ({"sslmode": "verify-full"}, "No encrypted connection", "sslmode"),
    "role": ({"role": "absent"}, "The session cannot be set up", "role"),
}


@pytest.mark.filterwarnings("ignore:ssl.:DeprecationWarning")
@pytest.mark.parametrize("case", UNREACHABLE)
def test_a_login_that_fails_says_why_and_shows_no_secret(
    proxy: Proxy, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    changes, message, hint = UNREACHABLE[case]
    caplog.set_level(logging.DEBUG)
    with refused(TargetUnavailable, message) as caught:
        open_target(proxy, **{"password": PASSWORD, **changes})
    assert hint in caught.value.hint
    # A resolver that does not respond may respond later.
    assert caught.value.exit_code in {"port": (TEMPORARY,), "host": (2, TEMPORARY)}.get(case, (2,))
    assert proxy.count("SELECT") == 0
    output = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert PASSWORD not in output
    assert "wrong" not in output


def test_a_server_that_does_not_answer_is_reported(proxy: Proxy) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with refused(TargetUnavailable, "No answer from Redshift at .* within 1 seconds") as caught:
            open_target(proxy, port=silent.getsockname()[1], connect_timeout=1)
    assert "security group" in caught.value.hint


def test_a_server_that_hangs_up_is_reported(proxy: Proxy) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        hanging_up = threading.Thread(target=lambda: listener.accept()[0].close())
        hanging_up.start()
        with refused(TargetUnavailable, "closed the connection before the login") as caught:
            open_target(proxy, port=listener.getsockname()[1])
        hanging_up.join()
    assert "Is it a Redshift server?" in caught.value.hint


def test_the_missing_driver_is_reported_with_the_way_to_install_it(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redshift_connector", None)
    with pytest.raises(TargetUnavailable, match="driver cannot be imported") as caught:
        open_target(proxy)
    assert caught.value.hint == "pip install 'marketing-ibis[redshift]'"


def test_no_secret_is_shown_by_what_holds_it(proxy: Proxy, target: RedshiftTarget) -> None:
    shown = repr(target) + repr(vars(target)) + repr(vars(target._session)) + str(target._session.login)
    assert PASSWORD not in shown


def test_a_secret_in_an_answer_is_blotted_out(target: RedshiftTarget) -> None:
    with pytest.raises(MarketingIbisError) as caught:
        target.query(f'SELECT * FROM "{PASSWORD}"')
    assert '"***" does not exist' in caught.value.message
    assert PASSWORD not in str(caught.value)


def test_a_hidden_password_is_given_to_the_driver(proxy: Proxy) -> None:
    with open_target(proxy, password=Secret(PASSWORD)) as target:
        assert target.query("SELECT 1") == [(1,)]


IAM = {"method": "iam", "dbname": "dev", "region": "eu-west-1"}
LOGINS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "cluster": (
        {"cluster_id": "shop", "user": "analyst", "iam_profile": "work", "autocreate": True, "db_groups": ("g",)},
        {
            "cluster_identifier": "shop",
            "db_user": "analyst",
            "profile": "work",
            "auto_create": True,
            "db_groups": ("g",),
        },
    ),
    "role": (
        {"method": "iam_role", "cluster_id": "shop", "access_key_id": "A", "secret_access_key": "S"},
        {"cluster_identifier": "shop", "group_federation": True, "access_key_id": "A", "secret_access_key": "S"},
    ),
    "serverless": (
        {"serverless_work_group": "shop", "serverless_acct_id": "12", "host": "shop.12.redshift-serverless.aws"},
        {"is_serverless": True, "serverless_work_group": "shop", "serverless_acct_id": "12"},
    ),
}


@pytest.mark.parametrize("case", LOGINS)
def test_iam_settings_reach_the_driver_under_its_names(case: str) -> None:
    profile, wanted = LOGINS[case]
    arguments = read_login({**IAM, **profile}).arguments
    common = {"iam": True, "database": "dev", "region": "eu-west-1", "ssl": True, "sslmode": "verify-ca", "port": 5439}
    assert common.items() <= arguments.items()
    assert wanted.items() <= arguments.items()
    assert set(arguments) <= set(inspect.signature(redshift_connector.connect).parameters)
    assert arguments["user"] == arguments["password"] == ""
    assert "db_user" in arguments or case != "cluster"


def test_a_refusal_of_aws_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    profile = {**IAM, "cluster_id": "shop", "user": "analyst", "iam_profile": "no-such-profile"}
    with refused(TargetUnavailable, "no-such-profile") as caught:
        open_redshift(profile)
    assert "AWS profile" in caught.value.hint


def test_a_wrong_setting_is_reported() -> None:
    complete = {"host": "h", "user": "u", "password": PASSWORD, "dbname": "d"}
    wrong: dict[str, dict[str, object]] = {
        "has no database": {"dbname": None},
        "has no host": {"host": None},
        "has no user": {"user": None},
        "has no password": {"password": None},
        "method iem": {"method": "iem"},
        "sslmode prefered": {"sslmode": "prefered"},
        "port of the Redshift connection is 'x'": {"port": "x"},
        "retries of the Redshift connection is -1": {"retries": -1},
        "IAM needs the cluster's name": {"method": "iam"},
        "IAM needs the user": {"method": "iam", "cluster_id": "c", "user": None},
    }
    for message, changes in wrong.items():
        with pytest.raises(ConfigurationError, match=message) as caught:
            read_all({**complete, **changes})
        assert PASSWORD not in str(caught.value)


def read_all(profile: dict[str, object]) -> None:
    read_retries(profile, 1)
    read_login(profile)


@pytest.mark.parametrize(
    ("answer", "may_quote"),
    [
        ({"C": "22P02", "M": 'invalid input syntax for integer: "ann"'}, True),
        ({"C": "XX000", "M": "Invalid digit, Value 'a', Pos 0, Type: Integer", "D": "code: 1207"}, True),
        ({"C": "XX000", "M": "Disk Full", "D": "code: 1016"}, False),
        ({"C": "42P01", "M": 'relation "nix" does not exist'}, False),
        ({"C": "XX000", "M": "1023", "D": "Serializable isolation violation on table"}, False),
    ],
)
def test_messages_that_may_quote_a_value_are_marked(answer: dict[str, str], *, may_quote: bool) -> None:
    failure = statement_failure(Exception(answer), None, ())
    assert isinstance(failure, ValueRefused) == may_quote
