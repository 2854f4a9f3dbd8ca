"""Keys of a profile that are not known: the nearest is named, unless they may be part of a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import ConfigurationError
from tests.invocation import invoke
from tests.project.profiles import profile, refused, written

POSTGRES_KEYS = "type: postgres, host: h, user: u, dbname: d, schema: s, threads: 4"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("passwrd: s3cret", "password"),
        ("Password: s3cret", "password"),
        ("pwd: s3cret", "password"),
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


@pytest.mark.parametrize("key", ["hots", "hots,hots", "passwrd:", "hots: null", "p0rt: x", "db"])
def test_what_may_be_part_of_a_value_is_not_compared_with_known_keys(tmp_path: Path, key: str) -> None:
    text = f"shop: {{outputs: {{prod: {{{POSTGRES_KEYS}, pass: secret,{key}}}}}}}"
    (sentence,) = profile(tmp_path, text).unknown_key_warnings("prod")
    assert sentence.endswith(": a key that may be part of a value, and so is not shown, is unknown and ignored.")


@pytest.mark.parametrize(("key", "name"), [("passwrd:", "the key passwrd"), ("passw0rd: x", "a key that may be part")])
def test_a_key_on_a_line_of_its_own_is_compared(tmp_path: Path, key: str, name: str) -> None:
    text = f"shop:\n  outputs:\n    prod:\n      type: postgres\n      {key}\n"
    (sentence,) = profile(tmp_path, text).unknown_key_warnings("prod")
    assert f": {name}" in sentence
    assert sentence.endswith(" Did you mean password?")


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
    assert (
        refused(tmp_path, "type: redshift, host: h, dbname: d, user: u, passwrd: p").hint
        == "Write password instead of passwrd."
    )


def test_only_names_of_profiles_are_proposed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no profile shop") as caught:
        profile(tmp_path, "{type: postgres, pass: abc,hunterTwo, other: {outputs: {}}}", "shop")
    assert caught.value.hint == "Known: other."


def test_commands_warn_of_an_unknown_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\nprofile = "shop"\n')
    text = f"shop: {{outputs: {{default: {{{POSTGRES_KEYS}, port: 1, passwrd: s3cret}}}}}}".replace(
        "host: h", "host: 127.0.0.1"
    )
    written(tmp_path, text)
    for words in (("debug",), ("seed", "--demo")):
        output = invoke(*words, "--project-dir", str(tmp_path), code=75, secret="s3cret").output
        assert output.count("the key passwrd is unknown and ignored. Did you mean password?") == 1
