"""The exit code distinguishes errors that may be temporary from those that must be fixed."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from click.testing import CliRunner

from marketing_ibis.build.run import Result, RunResults
from marketing_ibis.cli import main
from marketing_ibis.cli.output.failures import run_failure
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.postgres import lock_retry
from marketing_ibis.engines.postgres.connection import Server, unavailable
from marketing_ibis.engines.redshift.errors import ConnectionLost, StatementCutShort, login_failure
from marketing_ibis.errors import TEMPORARY, ConfigurationError, MarketingIbisError, RunFailed, TargetUnavailable
from marketing_ibis.testing.run import DataTestResult
from tests.invocation import invoke

SERVER = Server("db", 5432, "shop", "ann", {})
PLACE = {"host": "db", "port": 5439, "user": "ann", "database": "shop", "timeout": 30}
FOLDER = Path("target/duckdb")


@pytest.mark.parametrize(
    ("said", "is_temporary"),
    [
        ("connection to server at 127.0.0.1, port 5432 failed: Connection refused", True),
        ("connection failed: timeout expired", True),
        ("FATAL:  sorry, too many clients already", True),
        ("FATAL:  remaining connection slots are reserved for roles with SUPERUSER", True),
        ("FATAL:  the database system is starting up", True),
        ("FATAL:  the database system is shutting down", True),
        ("FATAL:  the database system is in recovery mode", True),
        ("server closed the connection unexpectedly", True),
        ("failed to resolve host 'db': [Errno -3] Temporary failure in name resolution", True),
        ("failed to resolve host 'db': [Errno -2] Name or service not known", False),
        ('FATAL:  password authentication failed for user "ann"', False),
        ('FATAL:  database "shop" does not exist', False),
        ("FATAL:  no pg_hba.conf entry for host", False),
        ("server does not support SSL, but SSL was required", False),
    ],
)
def test_a_server_that_may_be_there_later_is_temporary(said: str, is_temporary: bool) -> None:
    error = unavailable(SERVER, said)
    assert error.exit_code == (TEMPORARY if is_temporary else 2)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), 2),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), TEMPORARY),
        (ConnectionRefusedError(111, "Connection refused"), TEMPORARY),
        (TimeoutError("timed out"), TEMPORARY),
        (ValueError("no such profile"), 2),
    ],
)
def test_a_login_at_redshift_that_may_succeed_later_is_temporary(cause: Exception, code: int) -> None:
    assert login_failure(cause, PLACE, ()).exit_code == code


def test_what_redshift_interrupts_is_temporary() -> None:
    assert StatementCutShort("x").exit_code == ConnectionLost("x").exit_code == TEMPORARY


@pytest.mark.parametrize("kind", [MarketingIbisError, RunFailed, TargetUnavailable, ConfigurationError])
def test_every_error_can_be_temporary(kind: type[MarketingIbisError]) -> None:
    assert kind("x", is_temporary=True).exit_code == TEMPORARY
    assert kind("x").exit_code == kind.exit_code != TEMPORARY


def test_a_lock_that_others_keep_is_temporary() -> None:
    def work() -> None:
        raise lock_retry.LockUnavailable("canceling statement due to lock timeout")

    with pytest.raises(RunFailed) as caught:
        lock_retry.retry_while_locked(work, lambda: "", 0)
    assert caught.value.is_temporary


def test_a_serialization_failure_is_tried_again() -> None:
    assert issubclass(psycopg.errors.SerializationFailure, lock_retry.LOCK_ERRORS)


def result(name: str, message: str, *, is_temporary: bool = False) -> Result:
    step = SimpleNamespace(name=name, relation=Relation("marts", name))
    return Result(step, "error", message=message, is_temporary=is_temporary)  # type: ignore[arg-type]


def data_test(name: str, **fields: object) -> DataTestResult:
    given = {"failures": 3, **fields}
    return DataTestResult(name, "orders", Relation("marts", "orders"), "id", "unique", "error", "fail", **given)  # type: ignore[arg-type]


def ended(*results: Result, data_tests: tuple[DataTestResult, ...] = ()) -> RunFailed:
    return run_failure(RunResults(results, published=False, seconds=1.0, data_tests=data_tests), FOLDER)


def test_a_run_is_temporary_if_every_failure_is() -> None:
    lost = result("orders", "The connection was lost.", is_temporary=True)
    assert ended(lost).exit_code == TEMPORARY
    assert ended(lost).hint == "The cause is temporary: run again later."
    assert ended(lost, result("totals", "overflow")).exit_code == 1
    assert ended(lost, data_tests=(data_test("unique_orders_id"),)).exit_code == 1


def test_a_run_names_its_first_failures() -> None:
    error = ended(
        result("totals", "overflow.\nLINE 3: ..."), data_tests=tuple(data_test(f"test_{n}") for n in range(4))
    )
    assert error.message == (
        "1 model and 4 tests failed: totals (overflow), test_0 (3 failures in marts.orders.id), "
        "test_1 (3 failures in marts.orders.id) and 2 more."
    )
    assert error.hint == (
        "Their SQL is in target/duckdb/run and target/duckdb/tests. Fix the rows or the models, then run again."
    )
    assert [failure.name for failure in error.failures] == ["totals", "test_0", "test_1", "test_2", "test_3"]


def test_a_long_reason_is_shortened_in_the_message_alone() -> None:
    error = ended(result("totals", "x" * 500))
    assert len(error.message) < 220
    assert error.failures[0].reason == "x" * 500


def test_help_lists_the_exit_codes() -> None:
    output = invoke("--help").output
    assert "75   temporary: a lost connection or a lock" in output


@pytest.mark.parametrize(
    ("words", "code"),
    [(("debug", "-t", "shop"), TEMPORARY), (("debug", "-t", "shp"), 2), (("ls", "-t", "shop", "-s", "nothing"), 1)],
)
def test_a_traceback_changes_neither_the_exit_code_nor_the_message(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
) -> None:
    output = "{type: postgres, host: 127.0.0.1, port: 1, user: u, password: s3cret, dbname: d}"
    (tmp_path / "profiles.yml").write_text(f"marketing_ibis: {{outputs: {{shop: {output}}}}}\n")
    (tmp_path / "pyproject.toml").write_text("[tool.marketing_ibis]\n")
    call = (*words, "--project-dir", str(tmp_path), "--profiles-dir", str(tmp_path))
    plain = CliRunner().invoke(main, call)
    monkeypatch.setattr("sys.argv", ["marketing-ibis", *call, "--debug"])
    traced = CliRunner().invoke(main, [*call, "--debug"])
    assert (plain.exit_code, traced.exit_code) == (code, code)
    assert "Traceback" in traced.output
    assert traced.output.endswith(plain.output[plain.output.index("Error: ") :])
    assert "s3cret" not in traced.output
