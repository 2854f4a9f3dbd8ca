"""The command line on Redshift: a build from a profile, and bad input: one message, nothing published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.engines.redshift.proxy import Proxy, left_sockets
from tests.engines.redshift.warehouse import PASSWORD, cluster, query
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, make_shop

PROFILES = """
shop:
  target: warehouse
  outputs:
    warehouse:
      type: redshift
      host: "{{ env_var('SHOP_HOST', '127.0.0.1') }}"
      port: "{{ env_var('SHOP_PORT') | int }}"
      user: "{{ env_var('SHOP_USER', 'postgres') }}"
      password: "{{ env_var('SHOP_PASSWORD') }}"
      dbname: "{{ env_var('SHOP_DATABASE') }}"
      schema: "{{ env_var('SHOP_SCHEMA', 'dbt_marketing') }}"
      role: "{{ env_var('SHOP_ROLE', '') }}"
      sslmode: disable
      connect_timeout: 5
      retries: 1
"""
STANDING = [("totals", 7)]
"""The tables published before: the total of a different date."""
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def shared() -> Iterator[Proxy]:
    with cluster() as proxy:
        query(proxy, "CREATE ROLE reader NOLOGIN")
        yield proxy
        query(proxy, "DROP OWNED BY reader; DROP ROLE reader")


@pytest.fixture
def proxy(shared: Proxy) -> Iterator[Proxy]:
    """The cluster with yesterday's table."""
    shared.faults.clear()
    query(shared, "CREATE SCHEMA dbt_marketing; CREATE TABLE dbt_marketing.totals AS SELECT 7 AS n")
    yield shared
    query(shared, "DROP SCHEMA dbt_marketing CASCADE")


@pytest.fixture
def run(proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Build the small shop with changes; no output may contain a traceback or the password."""
    values = {"PORT": proxy.port, "USER": proxy.user, "PASSWORD": PASSWORD, "DATABASE": proxy.database}
    for name, value in values.items():
        monkeypatch.setenv(f"SHOP_{name}", str(value))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)

    def build(*, code: int, profiles: str = PROFILES, **changes: str) -> Result:
        shop = make_shop(tmp_path / "shop", **changes)
        monkeypatch.chdir(shop.root)
        (shop.root / "profiles.yml").write_text(profiles, "utf-8")
        arguments = ("build", "-t", "redshift", "--as-of", AS_OF.isoformat(), "--profiles-dir", ".")
        with left_sockets():
            return invoke(*arguments, code=code, secret=PASSWORD)

    return build


def standing(proxy: Proxy) -> list[tuple[object, ...]]:
    """Return the published tables, with yesterday's total."""
    names = query(proxy, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'")
    seen = {str(name) for (name,) in names if not str(name).endswith(("candidate", "lock", "build_history"))}
    return [(name, *query(proxy, f"SELECT n FROM dbt_marketing.{name}")[0]) for name in sorted(seen)]


def test_a_shop_is_built_from_its_profile(run: Run, proxy: Proxy) -> None:
    assert re.search(r"Published schema dbt_marketing of database \S+ on 127\.0\.0\.1", run(code=0).output)
    assert query(proxy, "SELECT n, cents FROM dbt_marketing.totals") == [(2, 350)]


def test_only_what_changed_is_built_again(run: Run, proxy: Proxy) -> None:
    run(code=0)
    arguments = ("-t", "redshift", "--as-of", AS_OF.isoformat(), "--profiles-dir", ".")
    assert "Nothing to build: 4 models unchanged." in invoke("build", "--changed", *arguments, secret=PASSWORD).output
    query(proxy, "UPDATE dbt_production.sales SET cents = cents + 1 WHERE id = 1")
    output = invoke("build", "--changed", "--explain", *arguments, secret=PASSWORD).output
    assert "build totals     raw_sales has other values" in output
    assert query(proxy, "SELECT n, cents FROM dbt_marketing.totals") == [(2, 351)]
    query(proxy, "UPDATE dbt_production.sales SET cents = cents - 1 WHERE id = 1")
    query(proxy, "UPDATE dbt_marketing.halves SET half = 7")
    assert "OK 4." in invoke("build", "--changed", *arguments, secret=PASSWORD).output
    query(proxy, "UPDATE dbt_marketing.halves SET half = 7")
    output = invoke("run", "--changed", "--explain", *arguments, secret=PASSWORD).output
    assert "build halves     its published table was changed by another program" in output
    assert "OK 1." in output


UNSUPPORTED = {
    "aggregate": (
        {"totals": SHOP["totals"].replace("n=stg_sales.count()", "n=stg_sales.cents.kurtosis().cast('int64')")},
        "totals",
        "column n: Kurtosis is not supported on Redshift. Compute it from sums of powers.",
    ),
    "column": (
        {
            "halves": SHOP["halves"].replace(
                "stg_sales.cents / 2", "stg_sales.cents.cast('string').levenshtein('1') / 2"
            )
        },
        "halves",
        "column half: Levenshtein is not supported on Redshift. Compare with SOUNDEX or outside of the warehouse.",
    ),
    "form": (
        {"halves": SHOP["halves"].replace("stg_sales.cents / 2", "stg_sales.id.mode().over(group_by='id') / 2")},
        "halves",
        "column half: Mode over a window is not supported on Redshift; aggregate by the key and join it back.",
    ),
}


@pytest.mark.parametrize("case", UNSUPPORTED)
def test_an_unsupported_operation_is_reported_with_the_model_and_what_to_write(
    run: Run, proxy: Proxy, case: str
) -> None:
    models, name, message = UNSUPPORTED[case]
    assert f"Error: Model {name} cannot be compiled for redshift: {message} " in " ".join(
        run(code=1, **models).output.split()
    )
    assert standing(proxy) == STANDING


LONG = "n" * 128
TOTALS, REPORT = SHOP["totals"], SHOP["report"]
NAMES = {
    "long column": (
        {"totals": TOTALS.replace('"n"', f'"{LONG}"').replace("n=stg", f"{LONG}=stg"), "report": ""},
        "Model totals cannot be compiled for redshift",
        "it has 128 bytes, 127 at most; write a shorter name",
    ),
    "long model": (
        {"report": REPORT.replace("def report", f"def {LONG}")},
        f"Model {LONG} cannot be built on redshift",
        "127 at most; write a shorter name",
    ),
    "model too long for its candidate": (
        {"report": REPORT.replace("def report", f"def {LONG[:120]}")},
        f"Model {LONG[:120]} cannot be built on redshift",
        "nnn...n__candidate: it has 131 bytes, 127 at most",
    ),
    "system column": (
        {"totals": TOTALS.replace('"n"', '"oid"').replace("n=stg", "oid=stg"), "report": ""},
        "Model totals cannot be compiled for redshift",
        "name oid: it is a system column's; write another name",
    ),
    "names that differ by case": (
        # A contract must not contain both names; the columns behind it might.
        {"totals": TOTALS.replace("cents=stg", "N=stg").replace(".sum())", ".sum()).distinct().rename(cents='N')")},
        "Model totals cannot be compiled for redshift",
        "names n and N: they are folded to one; write another name",
    ),
}
"""A shop with a name that Redshift refuses, the model in the message, and the message."""


@pytest.mark.parametrize("case", NAMES)
def test_a_name_that_redshift_refuses_is_reported_with_the_model(run: Run, proxy: Proxy, case: str) -> None:
    models, model, reason = NAMES[case]
    output = " ".join(run(code=1, **models).output.split())
    assert f"Error: {model}: " in output
    assert reason in output
    assert standing(proxy) == STANDING


def test_a_reserved_word_is_quoted(run: Run, proxy: Proxy) -> None:
    counted = 'agg(**{"select": stg_sales.count()}, '
    totals = TOTALS.replace('"n"', '"select"').replace("agg(n=stg_sales.count(), ", counted)
    run(code=0, totals=totals, report="")
    assert query(proxy, 'SELECT "select", cents FROM dbt_marketing.totals') == [(2, 350)]


CONNECTIONS = {
    "host": ({"SHOP_HOST": "no-such-host.invalid"}, "Host no-such-host.invalid does not exist", 2),
    "port": ({"SHOP_PORT": "1"}, "No server is listening at 127.0.0.1:1", 75),
    "password": ({"SHOP_PASSWORD": "wrong"}, "refused user", 2),
    "database": ({"SHOP_DATABASE": "absent"}, "has no database absent", 2),
    "variable": ({"SHOP_PASSWORD": None}, "the environment variable SHOP_PASSWORD is not set", 2),
    "role": ({"SHOP_ROLE": "absent"}, "The session cannot be set up", 2),
    "rights": ({"SHOP_ROLE": "reader"}, "permission denied", 1),
    "schema": ({"SHOP_ROLE": "reader", "SHOP_SCHEMA": "elsewhere"}, "permission denied", 1),
}
"""Environment variables, the message, and the exit code."""


@pytest.mark.parametrize("case", CONNECTIONS)
def test_a_wrong_connection_is_reported_once(
    run: Run, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    variables, message, code = CONNECTIONS[case]
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    output = " ".join(run(code=code).output.split())
    assert output.count(message) == 1
    assert standing(proxy) == STANDING


BAD_PROFILES = {
    "yaml": ("shop: [", "profiles.yml"),
    "type": (PROFILES.replace("type: redshift", "type: redshfit"), "docs/how-to/redshift.md shows it"),
    "number": (PROFILES.replace("retries: 1", "retries: many"), "retries"),
    "missing": (PROFILES.replace("dbname:", "database_name:"), "dbname is missing"),
}


@pytest.mark.parametrize("case", BAD_PROFILES)
def test_a_bad_profile_is_reported_once(run: Run, proxy: Proxy, case: str) -> None:
    profiles, message = BAD_PROFILES[case]
    assert message in run(code=2, profiles=profiles).output
    assert standing(proxy) == STANDING


def test_a_missing_source_schema_is_reported(run: Run, proxy: Proxy) -> None:
    query(proxy, "ALTER SCHEMA dbt_production RENAME TO moved")
    try:
        output = run(code=1).output
    finally:
        query(proxy, "ALTER SCHEMA moved RENAME TO dbt_production")
    assert "The source table dbt_production.sales does not exist" in " ".join(output.split())
    assert standing(proxy) == STANDING


@pytest.mark.parametrize("statement", ["INSERT INTO .*totals__candidate", "ALTER TABLE .*totals__candidate"])
def test_a_session_that_is_killed_each_time_publishes_nothing(run: Run, proxy: Proxy, statement: str) -> None:
    proxy.inject(statement, "drop_before", times=99)
    output = " ".join(run(code=75).output.split())
    assert "connection" in output
    proxy.faults.clear()
    assert standing(proxy) == STANDING
