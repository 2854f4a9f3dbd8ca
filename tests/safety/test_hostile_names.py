"""Names and settings that look like SQL, a connection string or a template stay names and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
import yaml
from click.testing import CliRunner, Result
from psycopg import sql

from marketing_ibis.cli import main
from marketing_ibis.errors import TEMPORARY
from tests.engines.postgres.warehouse import settings_of
from tests.paths import JAFFLE
from tests.postgres_server import fresh_database

SECRET = "unseen'; {{ 7 * 7 }} \\ by-anyone"
SOURCES = "raw\"; DROP TABLE public.canary; --'"
MODELS = "mår'ts \"; DROP SCHEMA public CASCADE; -- {{ 7 * 7 }} %s \n $1"
PROFILE_NAME = "shop"
Run = Callable[..., Result]


def toml(**settings: object) -> str:
    """Return settings as TOML, whose strings and lists are written as in JSON."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    return "\n".join(["[tool.marketing_ibis]", *lines])


def profile(uri: str, **changes: object) -> str:
    output = {"type": "postgres", **settings_of(uri), "password": "{{ env_var('SHOP_PASSWORD') }}", **changes}
    return yaml.safe_dump({PROFILE_NAME: {"target": "server", "outputs": {"server": output}}})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in a separate folder; neither its output nor its files may contain the password."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)

    def invoke(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        assert "unseen" not in result.output
        return result

    yield invoke
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "profiles.yml"]
    assert not [path for path in left if b"unseen" in path.read_bytes()]


@pytest.fixture
def uri() -> Iterator[str]:
    with fresh_database() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE public.canary AS SELECT 1 AS sings")
        yield address


def sings(uri: str) -> bool:
    with psycopg.connect(uri) as connection:
        return connection.execute("SELECT sings FROM public.canary").fetchall() == [(1,)]


def test_schemas_on_duckdb(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(toml(source_schema=SOURCES, model_schema=MODELS))
    file = tmp_path / "it's \"; DROP TABLE x; -- *[a] {{ 7 }}" / "ware'house %s.duckdb"
    place = ("--database", str(file), "--target-path", str(tmp_path / "tar'get {{ 7 * 7 }} ;"))
    run("seed", "--from", str(JAFFLE), *place)
    for _ in range(2):
        run("run", "-s", "+orders", "--as-of", "2018-04-10", *place)
    run("debug", *place)
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1").fetchall()
        orders = f'"{MODELS.replace(chr(34), chr(34) * 2)}".orders'
        assert connection.execute(f"SELECT count(*) FROM {orders}").fetchall() == [(99,)]
    assert {row[0] for row in found} == {SOURCES, MODELS}


def test_a_question_mark_in_the_database_s_path(run: Run, tmp_path: Path) -> None:
    output = run("seed", "--demo", "--database", str(tmp_path / "what?" / "w.duckdb"), code=2).output
    assert "its path contains a question mark" in output
    assert not (tmp_path / "what?").exists()


def test_schemas_on_postgres(run: Run, uri: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(toml(source_schema=SOURCES, model_schema=MODELS[:60]))
    (tmp_path / "profiles.yml").write_text(profile(uri))
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    for _ in range(2):
        run("run", "-s", "+orders", "--as-of", "2018-04-10", "-t", "postgres")
    run("debug", "-t", "postgres")
    with psycopg.connect(uri) as connection:
        rows = connection.execute(sql.SQL("SELECT count(*) FROM {}.orders").format(sql.Identifier(MODELS[:60])))
        assert rows.fetchall() == [(99,)]
    assert sings(uri)


def test_folders_of_files(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "exp'orts\"; -- {a,b} *?[x] 🚲\n"
    folder.mkdir()
    for file in JAFFLE.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    assert "customers: 100 rows" in run("seed", "--from", str(folder)).output
    assert "customers: 100 rows" in run("seed", "--from", str(folder), "--link").output


@pytest.mark.parametrize(
    "reader", ['guest"; DROP TABLE public.canary; --', "public; DROP TABLE public.canary", "role x, postgres", "'"]
)
def test_grants(run: Run, uri: str, tmp_path: Path, reader: str) -> None:
    (tmp_path / "pyproject.toml").write_text(toml(grants=[reader]))
    (tmp_path / "profiles.yml").write_text(profile(uri))
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    output = run("run", "-s", "stg_customers", "-t", "postgres", code=1).output
    assert re.search("Nothing was published: role .* does not exist", output)
    assert sings(uri)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dbname": "postgres host=evil.example"}, "there is no such database"),
        ({"dbname": "postgresql://evil.example/x"}, "dbname is a connection string"),
        ({"dbname": "x'; DROP DATABASE postgres; --"}, "there is no such database"),
        ({"user": "postgres' host='evil.example"}, "there is no such user"),
        ({"user": 'x"; DROP ROLE postgres; --'}, "there is no such user"),
        ({"host": "/nowhere' host='evil.example"}, "no server is listening there"),
        ({"host": "/nowhere\nhost=evil.example"}, "no server is listening there"),
        ({"role": 'postgres; DROP TABLE public.canary; --"'}, "rejects the settings of the profile"),
        ({"dbname": "{{ ''.__class__.__mro__ }}"}, "cannot be filled in"),
        ({"dbname": "{{ env_var('SHOP_PASSWORD') + 1 }}"}, "cannot be filled in"),
        ({"dbname": "{{ env_var('SHOP_NESTED') }}"}, "there is no such database"),
        ({"port": "{{ env_var('SHOP_PASSWORD') }}"}, "port is not a whole number"),
        ({"sslmode": "{{ env_var('SHOP_PASSWORD') }}"}, "sslmode has an unknown value"),
    ],
)
def test_profiles(
    run: Run, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], message: str
) -> None:
    monkeypatch.setenv("SHOP_NESTED", "{{ env_var('SHOP_PASSWORD') }}")
    (tmp_path / "profiles.yml").write_text(profile(uri, **changes))
    output = run("debug", "-t", "postgres", code=TEMPORARY if "no server" in message else 2).output
    assert message in output
    assert sings(uri)


def test_a_search_path_is_a_value(run: Run, uri: str, tmp_path: Path) -> None:
    (tmp_path / "profiles.yml").write_text(profile(uri, search_path="public'; DROP TABLE public.canary; --"))
    output = run("debug", "-t", "postgres", code=2).output
    assert "rejects the settings of the profile" in output
    assert sings(uri)


def test_a_profile_s_schema_is_a_name(run: Run, uri: str, tmp_path: Path) -> None:
    (tmp_path / "profiles.yml").write_text(profile(uri, schema=SOURCES))
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    run("run", "-s", "stg_customers", "-t", "postgres")
    with psycopg.connect(uri) as connection:
        rows = connection.execute(sql.SQL("SELECT count(*) FROM {}.stg_customers").format(sql.Identifier(SOURCES)))
        assert rows.fetchall() == [(100,)]
    assert sings(uri)


def test_a_password_is_in_no_file_of_a_build(run: Run, uri: str, tmp_path: Path) -> None:
    """One succeeds, one fails, one never connects; the fixture inspects all files."""
    (tmp_path / "profiles.yml").write_text(profile(uri))
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    run("build", "--as-of", "2018-04-10", "-t", "postgres")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("INSERT INTO dbt_production.customers SELECT * FROM dbt_production.customers")
    run("build", "--as-of", "2018-04-10", "-t", "postgres", code=1)
    (tmp_path / "profiles.yml").write_text(profile(uri, host="/nowhere"))
    run("build", "-t", "postgres", code=TEMPORARY)
    assert list((tmp_path / "target").rglob("*.json"))
