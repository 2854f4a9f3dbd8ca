"""Nodes that are new or modified since a manifest was written."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.outputs.artifacts import write_manifest
from marketing_ibis.outputs.artifacts.state import compare, read_state
from marketing_ibis.testing.collect import declared_data_tests
from tests.invocation import invoke
from tests.outputs.artifacts.project import INVOCATION, described
from tests.shop import SHOP, Shop, make_shop

UNCHANGED = {"old", "unmodified"}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path / "before")
    write_manifest(tmp_path / "state", INVOCATION, described(shop))
    return shop


def changes(folder: Path, shop: Shop) -> dict[str, set[str]]:
    earlier = read_state(folder / "state")
    dataflow = shop.project.compile(earlier.as_of)
    data_tests = declared_data_tests(dataflow, shop.project.tests)
    return {name: set(found) for name, found in compare(earlier, dataflow, data_tests).items()}


def test_the_same_project_is_unmodified(shop: Shop, tmp_path: Path) -> None:
    again = make_shop(tmp_path / "again")
    assert changes(tmp_path, again) == dict.fromkeys(("raw_sales", *set(SHOP) - {"raw_sales"}), UNCHANGED)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("stg_sales", "cents > 0", "cents > 1", id="expression"),
        pytest.param("halves", "Each sale halved.", "Half of each sale.", id="description"),
        pytest.param("halves", '"Half."', '"A half."', id="column"),
        pytest.param("totals", 'layer="marts"', 'layer="marts", sort_keys=("n",)', id="layout"),
        pytest.param("totals", 'layer="marts"', 'layer="marts", materialized="view"', id="how it is stored"),
        pytest.param("raw_sales", '"Price."', '"What it cost."', id="source"),
    ],
)
def test_what_changes_is_modified_and_nothing_else(shop: Shop, tmp_path: Path, name: str, old: str, new: str) -> None:
    assert old in SHOP[name]
    changed = make_shop(tmp_path / "after", **{name: SHOP[name].replace(old, new)})
    found = changes(tmp_path, changed)
    assert found.pop(name) == {"old", "modified"}
    assert set(map(frozenset, found.values())) == {frozenset(UNCHANGED)}


def test_a_model_that_was_not_there_is_new(shop: Shop, tmp_path: Path) -> None:
    added = SHOP["halves"].replace("def halves", "def quarters")
    assert changes(tmp_path, make_shop(tmp_path / "after", quarters=added))["quarters"] == {"new", "modified"}


def test_another_day_and_another_schema_modify_nothing(shop: Shop, tmp_path: Path) -> None:
    elsewhere = make_shop(tmp_path / "after", settings="model_schema = 'elsewhere'")
    assert set(map(frozenset, changes(tmp_path, elsewhere).values())) == {frozenset(UNCHANGED)}
    assert read_state(tmp_path / "state").as_of == date(2024, 5, 15)


def test_a_manifest_of_a_part_is_refused(shop: Shop, tmp_path: Path) -> None:
    write_manifest(tmp_path / "state", INVOCATION, described(shop, "totals"))
    with pytest.raises(ConfigurationError, match="does not contain") as caught:
        changes(tmp_path, shop)
    assert "without --select" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "cannot be read", id="no JSON"),
        pytest.param("[]", "was not written by marketing_ibis", id="no object"),
        pytest.param('{"metadata": {"env": {}}, "nodes": {}, "sources": {}}', "was not written by", id="dbt's own"),
        pytest.param(None, "does not exist", id="missing"),
    ],
)
def test_a_file_that_is_not_a_manifest_is_reported(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        read_state(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_place_of_a_manifest_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    with pytest.raises(ConfigurationError, match=r"manifest\.json cannot be read"):
        read_state(tmp_path)


def test_a_manifest_of_an_unknown_engine_is_reported(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "state" / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["metadata"]["adapter_type"] = "snowflake"
    shutil.copytree(tmp_path / "state", tmp_path / "other")
    (tmp_path / "other" / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match="was not written by marketing_ibis"):
        read_state(tmp_path / "other")


TESTED = "from marketing_ibis.data_tests import expression_is_true, not_null, relationships, unique\n" + dedent(
    SHOP["halves"]
)
HALVES = TESTED.replace('"Half.")', '"Half.", tests=(not_null(),))').replace(
    "grain=", "tests=(expression_is_true(lambda t: t.half > 0, 'positive'),), grain="
)


@pytest.fixture
def tested(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path / "tested", halves=HALVES)
    write_manifest(tmp_path / "state", INVOCATION, described(shop))
    return shop


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"Key.")', '"Key.", tests=(unique(),))', id="a new test"),
        pytest.param("not_null()", "not_null(severity='warn')", id="severity"),
        pytest.param("not_null()", "not_null(error_if='>10')", id="threshold"),
        pytest.param("not_null()", "not_null(where=ibis._.id > 1)", id="condition"),
        pytest.param("t.half > 0", "t.half >= 0", id="expression under the same description"),
    ],
)
def test_a_model_with_a_new_or_changed_test_is_modified(tested: Shop, tmp_path: Path, old: str, new: str) -> None:
    assert old in HALVES
    found = changes(tmp_path, make_shop(tmp_path / "after", halves=HALVES.replace(old, new)))
    assert found.pop("halves") == {"old", "modified"}
    assert set(map(frozenset, found.values())) == {frozenset(UNCHANGED)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "lambda t: t.half > 0", "lambda rows: 0 < rows.half if False else rows.half > 0", id="other words"
        ),
        pytest.param("tests=(not_null(),)", "tests=()", id="a test taken out"),
        pytest.param("column(", "# a comment\n    column(", id="a comment"),
    ],
)
def test_a_test_that_finds_the_same_is_unmodified(tested: Shop, tmp_path: Path, old: str, new: str) -> None:
    assert old in HALVES
    found = changes(tmp_path, make_shop(tmp_path / "after", halves=HALVES.replace(old, new, 1)))
    assert set(map(frozenset, found.values())) == {frozenset(UNCHANGED)}


def test_a_column_that_a_test_does_not_read_changes_no_test(tmp_path: Path) -> None:
    related = 'tests=(relationships("stg_sales", "id"),)'
    reading = TESTED.replace('"Key.")', f'"Key.", {related})')
    write_manifest(tmp_path / "state", INVOCATION, described(make_shop(tmp_path / "before", halves=reading)))
    wider = (
        dedent(SHOP["stg_sales"])
        .replace("COLUMNS = (", 'COLUMNS = (column("extra", "int64", "x"), ')
        .replace(
            "raw_sales.filter",
            "raw_sales.select('id', 'cents').mutate(extra=ibis.literal(1, 'int64')).relocate('extra').filter",
        )
        .replace("filter(raw_sales.cents > 0)", "filter(ibis._.cents > 0)")
    )
    found = changes(tmp_path, make_shop(tmp_path / "after", halves=reading, stg_sales=wider))
    assert found["stg_sales"] == {"old", "modified"}
    assert found["halves"] == UNCHANGED


def test_a_manifest_without_identities_of_tests_still_shows_new_ones(tested: Shop, tmp_path: Path) -> None:
    path = tmp_path / "state" / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    for node in document["nodes"].values():
        if node["resource_type"] == "test":
            node["meta"] = {}
    path.write_text(json.dumps(document))
    assert set(map(frozenset, changes(tmp_path, tested).values())) == {frozenset(UNCHANGED)}
    more = HALVES.replace('"Key.")', '"Key.", tests=(unique(),))')
    assert changes(tmp_path, make_shop(tmp_path / "after", halves=more))["halves"] == {"old", "modified"}


def called(shop: Shop, folder: Path, *arguments: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(folder / "t"), "--as-of", "2024-05-15")
    return invoke(*arguments, *place, code=code).output


def test_a_broken_test_does_not_stop_what_does_not_run_it(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", halves=HALVES.replace("t.half > 0", "t.no_such_column"))
    assert "Published" in called(shop, tmp_path, "run", "--database", str(shop.database))
    output = called(shop, tmp_path, "build", "--database", str(shop.database), code=1)
    assert "Test expression_is_true_halves cannot be built" in output


def test_nothing_modified_is_no_failure(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", halves=HALVES)
    database = ("--database", str(shop.database))
    called(shop, tmp_path, "build", *database)
    (tmp_path / "kept").mkdir()
    shutil.copy(tmp_path / "t" / "manifest.json", tmp_path / "kept")
    modified = ("-s", "state:modified+", "--state", str(tmp_path / "kept"))
    for command in ("run", "build", "test"):
        output = called(shop, tmp_path, command, *modified, *database)
        assert output.startswith("Nothing to do: state:modified+ selects nothing.")
    assert "Nothing to do" in called(shop, tmp_path, "compile", *modified)
    left_out = ("-s", "halves", "--exclude", "state:unmodified", "--state", str(tmp_path / "kept"))
    assert "Nothing to do" in called(shop, tmp_path, "run", *left_out, *database)
    assert "Did you mean halves" in called(shop, tmp_path, "run", "-s", "halvs state:modified", *modified[2:], code=1)
    last = called(shop, tmp_path, "build", *modified, *database, "--log-format", "json").splitlines()[-1]
    assert json.loads(last)["event"] == "command_finished"


def test_only_a_source_is_modified(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop")
    called(shop, tmp_path, "compile")
    other = make_shop(tmp_path / "other", raw_sales=SHOP["raw_sales"].replace('"Price."', '"What it cost."'))
    state = ("--state", str(tmp_path / "t"), "--database", str(other.database))
    output = called(other, tmp_path / "new", "run", "-s", "state:modified", *state)
    assert output == "Nothing to do: no model is selected, only raw_sales.\n"
