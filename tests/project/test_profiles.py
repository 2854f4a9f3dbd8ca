"""dbt's profiles.yml: where it is found, how it is filled in, and the message for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.engines.duckdb.keys import limits_of
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.secret import Secret, reveal
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles import Profile, find_profiles, load_profile
from tests.invocation import invoke

SHOP = """
    shop:
      target: dev
      outputs:
        dev: {type: duckdb, path: shop.duckdb}
        prod:
          type: postgres
          host: db.example.com
          port: "{{ env_var('SHOP_PORT', '5433') | as_number }}"
          user: loader
          pass: "{{ env_var('SHOP_PASSWORD') }}"
          dbname: shop
          schema: "{{ env_var('SHOP_SCHEMA', 'marts') }}"
          threads: 4
          keepalives_idle: 0
          connect_timeout: "{{ env_var('SHOP_WAIT', '3') | int }}"
          sslmode: require
          search_path: "public, extra"
          role: etl
        lake:
          type: redshift
          method: iam
          host: x.redshift.amazonaws.com
          user: loader
          cluster_id: x
          database: shop
          ra3_node: "{{ env_var('SHOP_RA3', 'True') | as_bool }}"
          access_key_id: AKIA
          secret_access_key: hidden
          db_groups: [etl, ops]
"""
DATABASE = "type: redshift, host: h, dbname: d, "


@pytest.fixture(autouse=True)
def no_profiles_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)


def written(folder: Path, text: str = SHOP) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(dedent(text))
    return folder / "profiles.yml"


def profile(folder: Path, text: str = SHOP, name: str = "") -> Profile:
    result = load_profile(written(folder, text), name)
    assert result is not None
    return result


def one_output(folder: Path, keys: str) -> Mapping[str, object]:
    return profile(folder, f"shop: {{outputs: {{prod: {{{keys}}}}}}}").settings("prod")


def refused(folder: Path, keys: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        one_output(folder, keys)
    assert str(folder / "profiles.yml") in caught.value.message
    assert caught.value.hint
    return caught.value


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


LIMITED = """
shop:
  outputs:
    prod:
      type: duckdb
      path: x.duckdb
      settings:
        memory_limit: "{{ env_var('MEMORY', '4 GB') }}"
        threads: 3
        temp_directory: spill
        s3_secret_access_key: "{{ env_var('NOT_SET') }}"
        memroy_limit: 1GB
        s3cret: x
        s3_region:
        hunterTwo:
        memory_limt:
      config_options: {max_temp_directory_size: 1.5TiB, worker_threads: 8, max_memory: 80%}
"""


def test_limits_of_duckdb_are_read_as_dbt_writes_them(tmp_path: Path) -> None:
    limited = profile(tmp_path, LIMITED)
    settings = limited.settings("prod")
    assert settings["settings"] == {"memory_limit": "4 GB", "threads": 3, "temp_directory": "spill"}
    assert limits_of(settings) == {
        "max_temp_directory_size": "1.5TiB",
        "threads": 3,
        "memory_limit": "4 GB",
        "temp_directory": "spill",
    }
    warnings = [sentence.partition("settings: ")[2] for sentence in limited.unknown_key_warnings("prod")]
    supported = "max_memory, max_temp_directory_size, memory_limit, temp_directory, threads, worker_threads"
    assert warnings == [
        f"s3_secret_access_key is not used. Supported: {supported}.",
        "memroy_limit is not used. Did you mean memory_limit?",
        *[f"a key that may be part of a value, and so is not shown, is not used. Supported: {supported}."] * 3,
        "memory_limt is not used. Did you mean memory_limit?",
    ]


@pytest.mark.parametrize(
    ("options", "settings", "limits"),
    [
        ("memory_limit: 2GB", "max_memory: 1GB", {"memory_limit": "1GB"}),
        ("max_memory: 2GB", "memory_limit: 1GB", {"memory_limit": "1GB"}),
        ("threads: 2", "worker_threads: 3", {"threads": 3}),
        ("worker_threads: 2", "memory_limit: 1GB", {"threads": 2, "memory_limit": "1GB"}),
    ],
)
def test_settings_win_under_either_name(tmp_path: Path, options: str, settings: str, limits: Mapping[str, str]) -> None:
    keys = f"type: duckdb, path: x, config_options: {{{options}}}, settings: {{{settings}}}"
    assert limits_of(one_output(tmp_path, keys)) == limits


@pytest.mark.parametrize("amount", ["1GB", "512MB", "0.5 tib", "2g", "60%", "102400KiB"])
def test_an_amount_of_memory_is_written_as_for_duckdb(tmp_path: Path, amount: str) -> None:
    limits = limits_of(one_output(tmp_path, f"type: duckdb, path: x, settings: {{memory_limit: {amount}}}"))
    with open_duckdb(limits=limits) as target:
        assert target.query("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("x", "settings is not a mapping of keys to values"),
        ("[memory_limit]", "settings is not a mapping of keys to values"),
        ("{memory_limit: 4}", "settings: memory_limit is not a size"),
        ("{memory_limit: -1}", "settings: memory_limit is not a size"),
        ("{memory_limit: 4 apples}", "settings: memory_limit is not a size"),
        ("{memory_limit: 150%}", "settings: memory_limit is not a size"),
        ("{max_temp_directory_size: all}", "settings: max_temp_directory_size is not a size"),
        ("{max_temp_directory_size: 60%}", "settings: max_temp_directory_size is not a size"),
        ("{temp_directory: ''}", "settings: temp_directory is empty"),
        ("{temp_directory: \"{{ env_var('SPILL', '') }}\"}", "settings: temp_directory is empty"),
        (
            "{temp_directory: \"{{ env_var('SPILL') }}\"}",
            "settings: temp_directory: the environment variable SPILL is not set",
        ),
        ("{max_memory: 3GB, memory_limit: 2GB}", "settings: max_memory and memory_limit mean the same"),
        ("{threads: 1, worker_threads: 1}", "settings: worker_threads and threads mean the same"),
        ("{threads: 0}", "settings: threads is not a whole number from 1 to 1024"),
        ("{threads: 100000}", "settings: threads is not a whole number from 1 to 1024"),
        ("{temp_directory: [a]}", "settings: temp_directory is not a string"),
    ],
)
def test_a_wrong_limit_is_named_without_its_value(
    tmp_path: Path, settings: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPILL", raising=False)
    error = refused(tmp_path, f"type: duckdb, path: x, settings: {settings}")
    assert error.message.endswith(f"output prod of profile shop: {message}.")


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


POSTGRES_KEYS = "type: postgres, host: h, user: u, dbname: d, schema: s, threads: 4"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("passwrd: s3cret", "password"),
        ("Password: s3cret", "password"),
        ("pwd: s3cret", "password"),
        ("passwrd:", "password"),
        ("prot: 5433", "port"),
        ("ssl_mode: require", "sslmode"),
        ("thread: 4", "threads"),
        ("schma: x", "schema"),
        ("colour: s3cret", ""),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_and_without_its_value(tmp_path: Path, key: str, meant: str) -> None:
    (sentence,) = profile(tmp_path, f"shop: {{outputs: {{prod: {{{POSTGRES_KEYS}, {key}}}}}}}").unknown_key_warnings(
        "prod"
    )
    hint = f" Did you mean {meant}?" if meant else ""
    name = key.split(":")[0]
    assert sentence.endswith(f"output prod of profile shop: the key {name} is unknown and ignored.{hint}")


@pytest.mark.parametrize(
    "key",
    [
        "s3cret",
        "hunter, hunter, hunter",
        "hunter",
        "s3cret: x",
        '"{s3cret}": 1',
        "a s3cret: 1",
        "[s3cret]: 1",
        "null: s3cret",
    ],
)
def test_what_may_be_part_of_a_value_is_not_shown(tmp_path: Path, key: str) -> None:
    try:
        sentences = profile(tmp_path, f"shop: {{outputs: {{prod: {{{POSTGRES_KEYS}, {key}}}}}}}").unknown_key_warnings(
            "prod"
        )
    except ConfigurationError as error:
        sentences = (str(error),)
    assert len(sentences) == 1
    assert "s3cret" not in sentences[0]
    assert "hunter" not in sentences[0]


OF_DBT = {
    "postgres": "keepalives_idle connect_timeout retries search_path role sslmode sslcert sslkey sslrootcert pass "
    "application_name method iam_profile region database",
    "redshift": "method cluster_id iam_profile autocreate db_groups ra3_node connect_timeout role sslmode retries "
    "retry_all region autocommit access_key_id secret_access_key idc_region issuer_url idp_listen_port token_endpoint "
    "idc_client_display_name idp_response_timeout is_serverless serverless_work_group serverless_acct_id tcp_keepalive "
    "tcp_keepalive_idle tcp_keepalive_interval tcp_keepalive_count search_path keepalives_idle pass database",
    "duckdb": "database path extensions settings secrets external_root use_credential_provider attach filesystems "
    "remote plugins disable_transactions config_options is_ducklake keep_open module_paths retries",
}


@pytest.mark.parametrize("engine", OF_DBT)
def test_a_key_of_dbt_is_not_unknown(tmp_path: Path, engine: str) -> None:
    keys = ", ".join(f"{key}: x" for key in OF_DBT[engine].split())
    text = f"shop: {{outputs: {{prod: {{type: {engine}, schema: s, threads: 4, {keys}}}}}}}"
    assert profile(tmp_path, text).unknown_key_warnings("prod") == ()


def test_a_missing_key_that_is_mistyped_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, "type: postgres, hots: h, user: u, dbname: d").hint == "Write host instead of hots."
    assert refused(tmp_path, "type: duckdb, pth: x.duckdb").hint == "Write path instead of pth."
    unnamed = refused(tmp_path, "type: postgres, host: h, user1: u, dbname: d")
    assert (unnamed.message.endswith(": user is missing."), unnamed.hint) == (True, "Add it to the output, as in dbt.")
    assert refused(tmp_path, f"{DATABASE} user: u, passwrd: p").hint == "Write password instead of passwrd."


def test_only_names_of_profiles_are_proposed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no profile shop") as caught:
        profile(tmp_path, "{type: postgres, pass: abc,hunterTwo, other: {outputs: {}}}", "shop")
    assert caught.value.hint == "Known: other."


def test_commands_warn_of_an_unknown_key(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\nprofile = "shop"\n')
    text = f"shop: {{outputs: {{default: {{{POSTGRES_KEYS}, port: 1, passwrd: s3cret}}}}}}".replace(
        "host: h", "host: 127.0.0.1"
    )
    written(tmp_path, text)
    for words in (("debug",), ("seed", "--demo")):
        output = invoke(*words, "--project-dir", str(tmp_path), code=75, secret="s3cret").output
        assert output.count("the key passwrd is unknown and ignored. Did you mean password?") == 1
