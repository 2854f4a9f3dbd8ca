"""dbt's profiles.yml: where it is found, how it is filled in, and the message for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.engines.secret import Secret, reveal
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles import find_profiles, load_profile
from tests.project.profiles import profile, refused, written

DATABASE = "type: redshift, host: h, dbname: d, "


@pytest.fixture(autouse=True)
def no_profiles_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)


def test_an_output_of_postgres_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "0042")
    settings = profile(tmp_path).settings("prod")
    assert {key: reveal(value) for key, value in settings.items()} == {
        "host": "db.example.com",
        "port": 5433,
        "user": "loader",
        "password": "0042",
        "dbname": "shop",
        "schema": "marts",
        "keepalives_idle": 0,
        "connect_timeout": 3,
        "sslmode": "require",
        "search_path": "public, extra",
        "role": "etl",
    }
    assert "0042" not in repr(settings) + str(settings) + f"{settings['password']}"


def test_an_output_of_redshift_is_read(tmp_path: Path) -> None:
    settings = profile(tmp_path).settings("lake")
    assert settings["ra3_node"] is True
    assert settings["db_groups"] == ("etl", "ops")
    assert (settings["port"], settings["dbname"], settings["method"]) == (5439, "shop", "iam")
    assert isinstance(settings["access_key_id"], Secret)
    assert "hidden" not in repr(settings)


def test_an_output_of_duckdb_is_read(tmp_path: Path) -> None:
    assert profile(tmp_path).settings("dev") == {"path": "shop.duckdb"}


def test_variables_win_over_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SHOP_PORT": "6000", "SHOP_SCHEMA": "jane", "SHOP_PASSWORD": "x"}.items():
        monkeypatch.setenv(name, value)
    settings = profile(tmp_path).settings("prod")
    assert (settings["port"], settings["schema"]) == (6000, "jane")
    assert profile(tmp_path).schema("prod") == "jane"


def test_only_what_is_asked_for_is_filled_in(tmp_path: Path) -> None:
    result = profile(tmp_path)
    assert (result.engine("prod"), result.schema("prod"), result.target) == ("postgres", "marts", "dev")
    with pytest.raises(ConfigurationError, match="pass: the environment variable SHOP_PASSWORD is not set"):
        result.settings("prod")


def test_the_first_output_of_an_engine_is_taken(tmp_path: Path) -> None:
    result = profile(tmp_path)
    assert [result.first(engine) for engine in ("duckdb", "postgres", "redshift")] == ["dev", "prod", "lake"]
    named = profile(tmp_path, "shop: {outputs: {a: {type: postgres}, postgres: {type: postgres}}}")
    assert named.first("postgres") == "postgres"
    assert named.first("duckdb") is None
    assert named.target == "default"


def test_profiles_are_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    assert find_profiles(project) is None
    home = written(tmp_path / "home" / ".dbt")
    assert find_profiles(project) == home
    own = written(project)
    assert find_profiles(project) == own
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path / "env"))
    with pytest.raises(ConfigurationError, match=r"env contains no profiles\.yml"):
        find_profiles(project)
    from_env = written(tmp_path / "env")
    assert find_profiles(project) == from_env
    assert find_profiles(project, written(tmp_path / "given").parent) == tmp_path / "given" / "profiles.yml"


def test_a_profile_is_chosen_by_name_or_when_it_is_the_only_one(tmp_path: Path) -> None:
    several = "config: {a: 1}\n" + "\n".join(f"{name}: {{outputs: {{d: {{type: duckdb}}}}}}" for name in ("a", "b"))
    file = written(tmp_path, several)
    assert load_profile(file) is None
    assert profile(tmp_path, several, "b").name == "b"
    assert (
        profile(tmp_path, f"{several}\nmarketing_ibis: {{outputs: {{d: {{type: duckdb}}}}}}").name == "marketing_ibis"
    )
    assert profile(tmp_path).name == "shop"
    with pytest.raises(ConfigurationError, match=r"profiles\.yml has no profile shpo") as caught:
        profile(tmp_path, name="shpo")
    assert "shop" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("shop:\n  outputs:\n  - a\n b: c\n", "profiles.yml, line 4: not valid YAML", id="indentation"),
        pytest.param("shop:\n  outputs:\n    d: {host: {{ f('X') }}}\n", "line 3: not valid YAML", id="no quotes"),
        pytest.param("a: \x00", "not valid YAML", id="character"),
        pytest.param("", "contains no profile", id="empty"),
        pytest.param("- a", "contains no profile", id="list"),
        pytest.param("shop: 1", "profile shop has no outputs", id="no mapping"),
        pytest.param("shop: {outputs: {}}", "profile shop has no outputs", id="no outputs"),
        pytest.param("shop: {outputs: {prod: 1}}", "output prod has no keys", id="no keys"),
        pytest.param("!!python/object/apply:os.getcwd []", "not valid YAML", id="no objects"),
    ],
)
def test_a_malformed_file_is_reported_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        profile(tmp_path, text)
    assert message in caught.value.message
    assert str(tmp_path / "profiles.yml") in caught.value.message


def test_a_tab_is_answered_with_spaces(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Indent with spaces, not with tabs\."):
        profile(tmp_path, "a:\n\tb: c\n")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        pytest.param("host: h", "has no type", id="no type"),
        pytest.param("type: mysql", "output prod of profile shop: its type is not supported", id="type"),
        pytest.param("type: postgres, user: u, dbname: d", "host is missing", id="host"),
        pytest.param("type: postgres, host: '', user: u, dbname: d", "host is missing", id="empty host"),
        pytest.param("type: postgres, host: h, user: u", "dbname is missing", id="dbname"),
        pytest.param("type: postgres, host: [h], user: u, dbname: d", "host is not a string", id="list"),
        pytest.param("type: postgres, host: h, user: {a: b}, dbname: d", "user is not a string", id="mapping"),
        pytest.param("type: postgres, host: h, user: u, dbname: d, port: p", "port is not a whole number", id="port"),
        pytest.param("type: postgres, host: h, user: u, dbname: d, port: 1.5", "port is not a whole", id="fraction"),
        pytest.param(
            "type: postgres, host: h, user: u, dbname: d, sslmode: on!",
            "sslmode has an unknown value",
            id="sslmode",
        ),
        pytest.param(
            "type: postgres, host: h, user: u, dbname: d, database: e", "database and dbname mean the same", id="twice"
        ),
        pytest.param("type: duckdb", "path is missing", id="path"),
        pytest.param(f"{DATABASE} user: u", "password is missing", id="redshift password"),
        pytest.param(f"{DATABASE} method: iam", "cluster_id is missing", id="cluster"),
        pytest.param(f"{DATABASE} method: iam, is_serverless: true", "serverless_work_group is missing", id="group"),
        pytest.param(f"{DATABASE} method: magic", "method has an unknown value", id="method"),
        pytest.param(f"{DATABASE} user: u, password: p, ra3_node: maybe", "ra3_node is not true or false", id="truth"),
        pytest.param("type: postgres, host: \"{{ env_var('NO') }}\"", "variable NO is not set", id="variable"),
        pytest.param('type: postgres, host: "{{ nothing() }}"', "cannot be filled in", id="unknown function"),
        pytest.param('type: postgres, host: "{{ 1 +"', "cannot be filled in", id="template"),
        pytest.param("type: postgres, host: \"{{ 'x' | as_number }}\"", "cannot be filled in", id="as_number"),
        pytest.param("type: postgres, host: \"{{ 'x' | as_bool }}\"", "cannot be filled in", id="as_bool"),
        pytest.param("type: postgres, host: \"{{ ''.__class__.__mro__ }}\"", "cannot be filled in", id="sandbox"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, keys: str, message: str) -> None:
    assert message in refused(tmp_path, keys).message


def test_an_output_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="profile shop has no output prd") as caught:
        profile(tmp_path).settings("prd")
    assert "prod" in caught.value.hint


@pytest.mark.parametrize("key", ["port", "sslmode", "connect_timeout"])
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DBT_ENV_SECRET_TOKEN", "s3cret")
    value = "\"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\""
    error = refused(tmp_path, f"type: postgres, host: h, user: u, dbname: d, {key}: {value}")
    assert "s3cret" not in str(error)
    filtered = refused(tmp_path, f'type: postgres, host: {value[:-4]} | as_number }}}}"')
    assert "s3cret" not in str(filtered)


def test_a_secret_is_a_mask_however_it_is_shown() -> None:
    secret = Secret("s3cret")
    assert {repr(secret), str(secret), f"{secret}", f"{secret!r}", "%s" % secret} == {"***"}  # noqa: UP031
    assert reveal(secret) == "s3cret"
    assert reveal(5) == 5
