"""``--notify`` names what failed to people, shows no value of a row, and never fails or stalls a command."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.outputs.alerts import Alert, Finding, send_alert, sender
from marketing_ibis.outputs.alerts.content import email_message, slack_message, webhook_message
from marketing_ibis.project.notifier_settings import KINDS, NotifierSettings, read_notifiers
from tests.invocation import invoke
from tests.outputs.alerts.mail_server import mail_server
from tests.outputs.openlineage.server import lineage_server as web_server
from tests.shop import SHOP, Shop, failing, make_shop

PERSON = "anna.smith@example.com"
SECRET = "T0-SECRET-PATH"
NOTIFY = """
    [tool.marketing_ibis.notify.team]
    type = "slack"
    url = "{{ env_var('ALERT_URL') }}"
    link = "https://ci.example.com/{{ env_var('RUN_ID', '7') }}"
    """
TESTED = (
    SHOP["halves"]
    .replace('"Key."', '"Key.", tests=(unique({}),)')
    .replace("        COLUMNS", "        from marketing_ibis.data_tests import unique\n        COLUMNS", 1)
    .replace('layer="marts"', 'layer="marts", owner="growth"')
    .replace('stg_sales.select("id"', "stg_sales.select(id=stg_sales.id * 0 + 1")
)
"""A table whose key is 1 in each row, which its test notices."""


def call(shop: Shop, *words: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"), "--database", str(shop.database))
    return invoke(*words, *place, "--as-of", "2024-05-15", code=code, secret=SECRET).output


def alert(*findings: Finding, failed: bool = True) -> Alert:
    return Alert("shop", "build", "prod", failed, int(failed), findings, date(2024, 5, 15))


def notifier(url: str, **changes: object) -> NotifierSettings:
    values = {"type": "webhook", "url": url, **changes}
    return read_notifiers("notify", {"team": values})["team"]


def test_a_failed_data_test_is_named_with_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path, settings=NOTIFY, halves=TESTED.format(""))
    with web_server() as server:
        monkeypatch.setenv("ALERT_URL", f"{server.url}/{SECRET}")
        call(shop, "build", "--notify", "team", code=1)
    (message,) = server.events
    assert message["text"].splitlines() == [
        "marketing_ibis: build on duckdb as of 2024-05-15 failed.",
        "- dbt_marketing.halves.id: failed the data test unique_halves_id: 1 failure. Owner: growth.",
        "https://ci.example.com/7",
    ]


def test_a_warning_is_sent_by_build_and_by_test_and_a_good_command_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop(tmp_path, settings=NOTIFY, halves=TESTED.format('severity="warn"'))
    with web_server() as server:
        monkeypatch.setenv("ALERT_URL", server.url)
        call(shop, "build", "--notify", "team")
        call(shop, "test", "--notify", "team")
        call(shop, "run", "--notify", "team")
    texts = [event["text"] for event in server.events]
    assert [text.splitlines()[0].split()[1] for text in texts] == ["build", "test"]
    assert all("finished with warnings" in text and "unique_halves_id: 1 failure" in text for text in texts)


def test_values_of_rows_are_in_no_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SHOP["totals"].replace(
        "stg_sales.count()", f"(stg_sales.cents.cast('string') + '{PERSON}').cast('int64').max()"
    )
    shop = make_shop(tmp_path, settings=NOTIFY, totals=broken)
    with web_server() as server:
        monkeypatch.setenv("ALERT_URL", server.url)
        assert PERSON in call(shop, "run", "--notify", "team", code=1)
    (message,) = server.events
    assert "totals: was not built." in message["text"]
    assert PERSON not in message["text"]


WARNS = """
        from marketing_ibis.model import warns

        @warns("{id:,} is the last key.")
        def last(halves: ir.Table) -> ir.Table:
            '''Return the last key.'''
            return halves.agg(id=halves.id.max())

        @warns("The key is {key}.")
        def named(halves: ir.Table) -> ir.Table:
            '''Return the last key as a string.'''
            return halves.agg(key=halves.id.max().cast("string"))
"""


@pytest.mark.parametrize("is_personal", [False, True])
def test_the_projects_own_warnings_are_sent_unless_they_contain_personal_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_personal: bool
) -> None:
    pii = '\n    [tool.marketing_ibis.pii]\n    raw_sales = ["id"]\n' if is_personal else ""
    shop = make_shop(tmp_path, settings=NOTIFY + pii, halves=SHOP["halves"] + WARNS)
    with web_server() as server:
        monkeypatch.setenv("ALERT_URL", server.url)
        output = call(shop, "run", "--notify", "team")
    assert "Warning: The key is 2.\n" in output
    env = json.loads((shop.root / "t" / "run_results.json").read_text("utf-8"))["metadata"]["env"]
    assert env["warnings"].splitlines() == ["2 is the last key.", "The key is 2."]
    (message,) = server.events
    # The greatest key is one person's, and so is a string that is made of it.
    hidden = ["a warning that may contain personal data is in the log"] * 2
    shown = hidden if is_personal else ["2 is the last key", "The key is 2"]
    assert message["text"].splitlines()[1:3] == [f"- halves: {text}. Owner: marketing-analytics." for text in shown]


def test_a_command_that_stops_before_it_builds_notifies_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path, settings=NOTIFY)
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
    with web_server() as server:
        monkeypatch.setenv("ALERT_URL", server.url)
        call(shop, "run", "--notify", "team", code=1)
    assert "The command: a source table is missing or has other columns." in server.events[0]["text"]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [({"status": 500}, "it responded with status 500"), ({"delay": 0.4}, "no response within 0 seconds")],
)
def test_a_server_that_fails_or_hangs_costs_one_warning(
    behaviour: dict[str, float], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SECONDS_PER_RESPONSE", 0.1)
    shop = make_shop(tmp_path, settings=NOTIFY, halves=TESTED.format('severity="warn"'))
    with web_server(**behaviour) as server:
        monkeypatch.setenv("ALERT_URL", f"{server.url}/{SECRET}")
        assert f"The alert to team was not sent: {reason}." in call(shop, "build", "--notify", "team")


def test_a_variable_that_is_not_set_costs_one_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALERT_URL", raising=False)
    shop = make_shop(tmp_path, settings=NOTIFY, totals=failing("totals"))
    output = call(shop, "run", "--notify", "team", code=1)
    assert "the environment variable ALERT_URL is not set" in " ".join(output.split())


def test_an_unknown_name_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, settings=NOTIFY)
    output = call(shop, "run", "--notify", "tean", code=2)
    assert "Did you mean team?" in output
    with shop.open() as target:
        assert not target.relations("dbt_marketing")


def test_all_notifiers_together_get_a_bounded_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        notifiers = [replace(notifier(url), name=name) for name in ("one", "two", "three")]
        begun = time.monotonic()
        problems = send_alert(alert(Finding("failure", "totals", "was not built")), notifiers, seconds=0.2)
    assert time.monotonic() - begun < 2
    assert set(problems) == {"one", "two", "three"}
    assert all(reason.startswith("no response") for reason in problems.values())


def test_an_email_says_the_same() -> None:
    with mail_server() as (port, messages):
        values = {"type": "email", "host": "127.0.0.1", "port": port, "security": "none", "sender": "shop@example.com"}
        settings = read_notifiers("notify", {"mail": {**values, "to": ["ops@example.com", "lead@example.com"]}})
        problems = send_alert(
            alert(Finding("drift", "orders", "differs from its source", count=2, unit="day")), settings.values()
        )
    assert problems == {}
    (message,) = messages
    assert message["Subject"] == "shop: build on prod as of 2024-05-15 failed"
    assert message["To"] == "ops@example.com, lead@example.com"
    assert "- orders: differs from its source: 2 days." in str(message.get_payload())


@given(kinds=st.sets(st.sampled_from(KINDS), min_size=1), present=st.lists(st.sampled_from(KINDS), max_size=4))
def test_a_notifier_gets_the_kinds_that_it_asks_for(kinds: set[str], present: list[str]) -> None:
    sent = alert(*(Finding(kind, kind, "is wrong") for kind in present))  # type: ignore[arg-type]
    chosen = notifier("http://localhost", on=sorted(kinds))
    assert [each.kind for each in sent.only(chosen.on).findings] == [kind for kind in present if kind in kinds]


def test_a_long_alert_is_cut_and_its_markup_is_escaped() -> None:
    long = alert(*(Finding("warning", f"<t{number}>", "is & odd") for number in range(30)))
    text = slack_message(long)["text"]
    assert "&lt;t0&gt;: is &amp; odd." in text
    assert "- 10 more." in text
    assert len(webhook_message(long)["findings"]) == 30


def test_a_line_break_in_an_address_adds_no_header() -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        email_message(alert(), "shop@example.com\nBcc: all@example.com", ["ops@example.com"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"type": "pager"}, "type is 'pager', not slack, webhook or email"),
        ({"type": "slack"}, "has no url"),
        ({"type": "slack", "url": "https://x", "hook": "y"}, "hook is unknown"),
        ({"type": "slack", "url": "https://x", f"https://{SECRET}": "y"}, "has an unknown setting"),
        ({"type": "slack", "url": "ftp://x"}, "no address of a web server"),
        ({"type": "slack", "url": [f"https://{SECRET}"]}, "url is not a string"),
        ({"type": "slack", "url": "https://x", "on": ["sometimes"]}, "'sometimes'"),
        ({"type": "email", "host": "h", "sender": "a", "to": "b"}, "not a list of names"),
        ({"type": "email", "host": "h", "sender": "a", "to": ["b"], "port": 0}, "not a port"),
        ({"type": "email", "host": "h", "sender": "a", "to": ["b"], "security": "some"}, "starttls, tls or none"),
        (
            {"type": "email", "host": "h", "sender": "a", "to": ["b"], "password": SECRET},
            "must come from the environment",
        ),
    ],
)
def test_settings_that_are_wrong_are_named(settings: Mapping[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=r"notify\.team") as caught:
        read_notifiers("notify", {"team": settings})
    assert message in caught.value.message
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"


def test_an_address_in_the_place_of_a_name_is_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="notify contains a name that is not valid") as caught:
        read_notifiers("notify", {f"https://{SECRET}": {"type": "slack"}})
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"
