"""No value of a profile is shown, even if it is invalid, and none is changed silently."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from marketing_ibis.engines.secret import reveal
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles import load_profile
from tests.invocation import Run

SECRET = "s3cr3t"
POSTGRES = """\
shop:
  target: dev
  outputs:
    dev:
      type: postgres
      host: 127.0.0.1
      port: 1
      user: ann
      dbname: x
      schema: y
"""
AS_WRITTEN = (
    "0123", "83", "1e3", "1_000", "12:34:56", "190:20:30", "2024-01-01", "2024-01-01T00:00:00Z", "on", "yes", "No",
    "True", "0x1F", "0b11", "0o17", ".inf", "-.INF", ".NaN", "1.0", "+1", "=", "<<", "a#b", "a:b", "pass word", "NULL_",
)  # fmt: skip
MARKED = (
    "s3cret{%x}", "{{", "{%", "{#", "{# s3cret #}", "{{ s3cret }}", "a{{1}}b", "{% raw %}x{% endraw %}", "a{#b#}c",
    "{{'a'}}",
)  # fmt: skip
UNCLEAR = (
    ("null", "means null in YAML"),
    ("~", "means null in YAML"),
    ("#s3cret", "ends in a YAML comment"),
    ("s3cr3t #more", "ends in a YAML comment"),
    ("&s3cr3t", "means null in YAML"),
    ("!s3cr3t", "has a YAML tag"),
    ("!!binary czNjcjN0", "has a YAML tag"),
    ("!!int 0123", "has a YAML tag"),
    ("s3cr3t\n        more", "runs over several lines"),
    ("'s3cr3t\n        more'", "runs over several lines"),
    ("s3cr3t\n      password: s3cr3t2", "appears twice"),
    ("s3cr3t\n      pass: s3cr3t2", "mean the same"),
    ("{s3cr3t}", "is not a string"),
    ("[s3cr3t]", "is not a string"),
    ('"s3cr3t\\0"', "is not a string"),
    ('"s3cr3t\\ud800"', "is not a string"),
)
BROKEN = (
    "password: *{}", 'password: "\\{}"', "password: '{}", "password: %{}", "password: @{}", "password: {}: {}",
    "password: [{}", "password: !{}", "password: {}\u0007", "\n     password: {}", "- {}", "port: {}", "? [{}]\n",
    "sslmode: {}", "connect_timeout: {}", "host: postgresql://ann:{}@h/x", "dbname: 'user=a password={}'", "type: {}",
    "host: [{}]", "user: {{{}: 1}}", "password: '{{{{ env_var(\"{}\") }}}}'", "keepalives_idle: {}", "<<: {}",
    "port: \"{{{{ env_var('NO', '{}') | as_number }}}}\"", "schema: \"{{{{ '{}' | as_bool }}}}\"", "\nshop: {}",
    "\n  target: {}", "\n\t{}",
)  # fmt: skip
"""Lines after an output of PostgreSQL, with a secret in them; all are invalid."""
REACHING = ("search_path: {}", "role: {}", "sslcert: {}", "sslrootcert: {}\n      sslmode: verify-full", "password: {}")
"""It is valid as far as can be checked without a server."""
IN_EVENTS = (*BROKEN[::5], *REACHING[::2])
"""Checked in events, too, which takes longer."""
INSIDE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)


def password(folder: Path, written: str) -> object:
    """Return the password that is read from ``written`` in the file."""
    (folder / "profiles.yml").write_text(f"{POSTGRES}      password: {written}\n", "utf-8")
    result = load_profile(folder / "profiles.yml")
    assert result is not None
    return reveal(result.settings("dev").get("password"))


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_password_is_what_is_written(tmp_path: Path, text: str) -> None:
    assert password(tmp_path, text) == text


@given(INSIDE.map(str.strip))
@example("0123")
@example("x #y")
@example("{{a}}")
@example("a{#b#}c")
@example("null")
def test_a_password_without_quotes_is_what_is_written_or_refused(text: str) -> None:
    # A value in quotes, or with a YAML anchor or tag, is intended.
    assume(text and text[0] not in "\"'&!|>")
    with TemporaryDirectory() as folder:
        try:
            read = password(Path(folder), text)
        except ConfigurationError:
            return
        assert read == text.rstrip(" \t")


@given(INSIDE)
@example("{{a}}")
@example("a{#b#}c")
def test_a_password_in_quotes_is_what_is_written_or_refused(text: str) -> None:
    with TemporaryDirectory() as folder:
        try:
            read = password(Path(folder), "'{}'".format(text.replace("'", "''")))
        except ConfigurationError:
            assert "{" in text
            return
        assert read == (text or None)


@pytest.mark.parametrize("text", MARKED)
def test_a_password_with_marks_of_a_template_is_not_shown_and_the_way_out_is(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        password(tmp_path, "'{}'".format(text.replace("'", "''")))
    assert "password cannot be filled in: " in caught.value.message
    assert "s3cret" not in str(caught.value)
    assert text not in caught.value.message
    assert "env_var('NAME')" in caught.value.hint


@pytest.mark.parametrize("text", [*MARKED, "s3cret", "0123", "null", "#x"])
def test_what_a_variable_holds_is_the_password(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", text)
    assert password(tmp_path, "\"{{ env_var('SHOP_PASSWORD') }}\"") == text


@pytest.mark.parametrize(("text", "message"), UNCLEAR)
def test_what_yaml_would_change_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        password(tmp_path, text)
    assert message in caught.value.message
    assert caught.value.hint
    assert SECRET not in str(caught.value)


def test_what_is_unclear_in_another_profile_is_nobodys_business(tmp_path: Path) -> None:
    other = "other:\n  outputs:\n    a: {type: snowflake, password: null, token: !vault x, token: y}\n"
    (tmp_path / "profiles.yml").write_text(f"{other}{POSTGRES}      password: x\n      threads: 1\n      threads: 2\n")
    result = load_profile(tmp_path / "profiles.yml", "shop")
    assert result is not None
    assert reveal(result.settings("dev")["password"]) == "x"


@pytest.mark.parametrize(
    ("written", "read"),
    [("port: 0999", 999), ("port: '5_432'", None), ("port: 0x1F", None), ("port: 1e3", None), ("port: 12:30", None)],
)
def test_a_port_is_a_whole_number_as_people_write_it(tmp_path: Path, written: str, read: int | None) -> None:
    (tmp_path / "profiles.yml").write_text(POSTGRES.replace("port: 1", written))
    result = load_profile(tmp_path / "profiles.yml")
    assert result is not None
    if read:
        assert result.settings("dev")["port"] == read
    else:
        with pytest.raises(ConfigurationError, match="port is not a whole number"):
            result.settings("dev")


def test_anchors_and_merged_keys_work_and_an_own_key_wins(tmp_path: Path) -> None:
    (tmp_path / "profiles.yml").write_text(
        "shop:\n  outputs:\n"
        "    base: &base {type: postgres, host: h, user: u, dbname: d, password: &pw 007}\n"
        "    dev: {<<: *base, dbname: '012'}\n"
        "    prod: {<<: [*base], password: *pw, role: on}\n"
    )
    result = load_profile(tmp_path / "profiles.yml")
    assert result is not None
    dev, prod = result.settings("dev"), result.settings("prod")
    assert (dev["dbname"], reveal(dev["password"])) == ("012", "007")
    assert (prod["dbname"], reveal(prod["password"]), prod["role"]) == ("d", "007", "on")


@pytest.mark.parametrize("truth", ["yes", "On", "true", "'true'"])
def test_words_that_yaml_takes_for_a_truth_are_one_where_one_is_wanted(tmp_path: Path, truth: str) -> None:
    keys = f"type: redshift, host: h, dbname: d, user: on, password: off, ra3_node: {truth}"
    (tmp_path / "profiles.yml").write_text(f"shop: {{outputs: {{dev: {{{keys}}}}}}}")
    result = load_profile(tmp_path / "profiles.yml")
    assert result is not None
    settings = result.settings("dev")
    assert (settings["ra3_node"], settings["user"], reveal(settings["password"])) == (True, "on", "off")


def with_line(line: str, secret: str) -> str:
    """Return the profile with another line, in place of the one with its key."""
    kept = (one for one in POSTGRES.splitlines() if one.strip().split(":")[0] != line.strip().split(":")[0])
    indented = line if line.startswith("\n") else f"\n      {line}"
    return "\n".join(kept) + indented.format(secret, secret) + "\n"


@pytest.mark.parametrize("line", [*BROKEN, *REACHING])
def test_no_command_shows_a_secret_wherever_it_stands(run: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\nprofile = "shop"\n')
    (tmp_path / "profiles.yml").write_text(with_line(line, SECRET), "utf-8")
    result = run("debug", code=75 if line in REACHING else 2, secret=SECRET)
    assert line in REACHING or "profiles.yml" in result.output or "connection" in result.output
    if line in IN_EVENTS:
        result = run("run", "--log-format", "json", code=75 if line in REACHING else 2, secret=SECRET)
        assert '"command_failed"' in result.output


@given(INSIDE, st.sampled_from(BROKEN))
def test_no_message_shows_a_secret_however_it_is_written(text: str, line: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "profiles.yml").write_text(with_line(line, f"{SECRET}{text}"), "utf-8")
        shown = shown_of(Path(folder) / "profiles.yml")
    assert SECRET not in shown


def shown_of(file: Path) -> str:
    """Return all output of reading a profile."""
    try:
        result = load_profile(file)
        assert result is not None
        return repr(result) + repr(result.settings("dev").get("password"))
    except ConfigurationError as error:
        return f"{error} {error.__cause__!r}"


def test_libpq_names_the_key_of_what_it_cannot_use() -> None:
    from marketing_ibis.engines.postgres.connection import Server, unavailable

    settings = {"host": "h", "dbname": "d", "user": "u", "sslcert": "/s3cr3t", "role": "s3cr3t", "keepalives_idle": 5}
    error = unavailable(Server.of(settings), 'connection to 5: could not read file "/s3cr3t" of s3cr3t')
    assert error.message.endswith('connection to 5: could not read file "<sslcert>" of <role>')


PROBLEMS = {
    "@{}": "found a character that cannot start a value",
    "%{}": "found a character that cannot start a value",
    "`{}": "found a character that cannot start a value",
    "\t{}: x\n\t{}: y": "found a character that cannot start a value",
    "'{}": "found unexpected end of stream",
    "[{}": "expected ',' or ']'",
    "{{{}: 1": "expected ',' or '}}'",
    "'{}' 'x'": "expected the end of the block",
    "{}: x": "mapping values are not allowed here",
    "*{}": "found undefined alias",
    '"\\q{}"': "found unknown escape character",
    "&": "expected alphabetic or numeric character",
    "|{}": "expected a line break after | or >",
    "}}": "expected the node content",
    "x\n...\n{}": "expected the end of the file",
}


@pytest.mark.parametrize("written", PROBLEMS)
def test_what_is_wrong_with_yaml_is_said_to_the_end(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        password(tmp_path, written.format(SECRET, SECRET))
    assert caught.value.message.endswith(f": not valid YAML: {PROBLEMS[written].format()}.")
    assert SECRET not in str(caught.value)
