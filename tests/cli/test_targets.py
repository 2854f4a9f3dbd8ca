"""Commands for a target without a connection, profile or users, or with --dry-run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.invocation import Run


def test_redshift_without_a_connection_writes_the_bundle_and_says_so(run: Run, tmp_path: Path) -> None:
    output = run("build", "--target", "redshift", "--as-of", "2024-05-15", "-s", "+customers +orders").output
    wrote = re.search(r"Wrote the SQL of (\d+) models", output)
    assert wrote
    assert output.splitlines()[-1] == "Nothing was executed: there is no connection to Redshift."
    folder = tmp_path / "target" / "redshift"
    assert {path.name for path in folder.iterdir()} == {"build.sql", "compiled", "run", "test.sql", "tests"}
    assert len(list((folder / "run").glob("*.sql"))) == int(wrote[1])
    assert "DISTKEY" in (folder / "run" / "customers.sql").read_text("utf-8")
    head = (folder / "compiled" / "orders.sql").read_text("utf-8").splitlines()[:3]
    assert [line.split(":")[0] for line in head] == ["-- model", "-- fingerprint", "-- as_of"]


def test_a_profile_that_is_named_must_be_there(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\nprofile = "shop"\n', "utf-8")
    output = run("build", "--demo", code=2).stderr
    assert "[tool.marketing_ibis] names profile shop, and there is no profiles.yml.\n" in output
    assert "`-t duckdb` needs none" in output
    assert not (tmp_path / "target").exists()
    run("build", "--demo", "--orders", "5", "-t", "duckdb", "-s", "stg_orders")
    assert "needs a connection, and there is no profiles.yml" in run("debug", "-t", "redshift", code=2).stderr


def test_a_dry_run_touches_no_database(run: Run, tmp_path: Path) -> None:
    output = run("build", "--demo", "--dry-run").output
    assert "Nothing was executed: --dry-run." in output
    assert {path.name for path in (tmp_path / "target").iterdir()} == {"duckdb", "manifest.json"}


def test_grants_are_skipped_with_a_note_where_there_are_no_users(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\ngrants = ["group analysts"]\n', "utf-8")
    for command in (("build", "--demo", "--orders", "20"), ("run",), ("run", "--dry-run")):
        output = run(*command, "--as-of", "2024-05-15", "-s", "+orders").output
        assert "DuckDB does not support grants, so these are skipped: group analysts." in output
    assert "GRANT" not in (tmp_path / "target" / "duckdb" / "build.sql").read_text("utf-8")
    run("build", "--target", "redshift", "--as-of", "2024-05-15", "-s", "orders")
    script = (tmp_path / "target" / "redshift" / "build.sql").read_text("utf-8")
    assert 'GRANT SELECT ON "dbt_marketing"."orders" TO GROUP "analysts"' in script
