"""The lock file of published columns: what is removed or narrowed is named, with who reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.contracts_lock import (
    Contracts,
    LockedColumn,
    broken_promises,
    contracts_of,
    lock_text,
    read_lock,
)
from marketing_ibis.errors import UsageError
from marketing_ibis.lineage.project import column_lineage
from tests.invocation import Run
from tests.shop import AS_OF, SHOP, make_shop

NUMBER = LockedColumn("int64", nullable=True, width=0, read_by=("report",))
TYPES = ("int32", "int64", "float32", "float64", "decimal(18, 2)", "decimal(20, 4)", "string", "date", "boolean")
COLUMNS = st.builds(
    LockedColumn,
    type=st.sampled_from(TYPES),
    nullable=st.booleans(),
    width=st.integers(0, 300),
    read_by=st.lists(st.sampled_from(("report", "board")), unique=True).map(tuple),
)
NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
CONTRACTS = st.dictionaries(NAMES, st.dictionaries(NAMES, COLUMNS, max_size=3), max_size=3)


@given(contracts=CONTRACTS)
def test_a_lock_file_is_read_as_it_was_written(contracts: Contracts, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("lock") / "contracts.lock"
    path.write_text(lock_text(contracts), "utf-8")
    assert read_lock(path) == contracts


@given(locked=CONTRACTS, added=CONTRACTS)
def test_more_columns_break_no_promise(locked: Contracts, added: Contracts) -> None:
    wider = {**added, **{model: {**added.get(model, {}), **columns} for model, columns in locked.items()}}
    assert list(broken_promises(locked, wider)) == []


@given(first=COLUMNS, second=COLUMNS, third=COLUMNS)
def test_narrower_is_an_order(first: LockedColumn, second: LockedColumn, third: LockedColumn) -> None:
    def keeps(before: LockedColumn, after: LockedColumn) -> bool:
        return not list(broken_promises({"m": {"c": before}}, {"m": {"c": after}}))

    assert keeps(first, first)
    if keeps(first, second) and keeps(second, third):
        assert keeps(first, third)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({}, {"type": "int32"}, "is int32 and was int64"),
        ({}, {"type": "float64"}, "is float64 and was int64"),
        ({"type": "int32"}, {"type": "int64"}, ""),
        ({"type": "float64"}, {"type": "float32"}, "is float32 and was float64"),
        ({"type": "decimal(18, 2)"}, {"type": "decimal(20, 4)"}, ""),
        ({"type": "decimal(18, 2)"}, {"type": "decimal(18, 4)"}, "is decimal(18, 4) and was decimal(18, 2)"),
        ({"nullable": False}, {"nullable": True}, "may be NULL"),
        ({"nullable": True}, {"nullable": False}, ""),
        ({"type": "string"}, {"type": "string", "width": 10}, "has at most 10 bytes and had no limit"),
        ({"type": "string", "width": 20}, {"type": "string", "width": 10}, "has at most 10 bytes and had 20"),
        ({"type": "string", "width": 10}, {"type": "string", "width": 20}, ""),
        ({"type": "string", "width": 10}, {"type": "string"}, ""),
    ],
)
def test_what_is_narrower(before: dict[str, object], after: dict[str, object], change: str) -> None:
    first, second = replace(NUMBER, **before), replace(NUMBER, **after)  # type: ignore[arg-type]
    broken = [promise.change for promise in broken_promises({"m": {"c": first}}, {"m": {"c": second}})]
    assert broken == ([change] if change else [])


def test_a_removed_column_names_who_read_it(tmp_path: Path) -> None:
    dataflow = make_shop(tmp_path).project.compile(AS_OF)
    locked = contracts_of(dataflow, column_lineage(dataflow), {"board": ("totals",)})
    assert locked["stg_sales"]["cents"].read_by == ("halves", "totals")
    current = {name: columns for name, columns in locked.items() if name != "totals"}
    assert [str(promise) for promise in broken_promises(locked, current)] == [
        "totals.n is removed (read by report, board)",
        "totals.cents is removed (read by board)",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"kind": "other", "format": 1, "models": {}}', "is damaged"),
        ('{"kind": "marketing_ibis contracts", "format": 1, "models": {"m": {"c": {}}}}', "is damaged"),
        ('{"kind": "marketing_ibis contracts", "format": 2, "models": {}}', "newer version of marketing_ibis"),
        (None, "does not exist"),
    ],
)
def test_a_bad_lock_file_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "contracts.lock"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=message) as e:
        read_lock(path)
    assert str(path) in e.value.message
    assert "plan --lock" in e.value.hint


@pytest.mark.usefixtures("own_modules")
def test_plan_checks_what_it_locked(run: Run, tmp_path: Path) -> None:
    assert (
        "does not exist"
        in run("plan", "--project-dir", str(make_shop(tmp_path / "new").root), "--check", code=2).stderr
    )
    options = ("--project-dir", str(make_shop(tmp_path / "shop").root))
    assert "Locked 7 columns of 4 models" in run("plan", "--lock", *options).stderr
    assert json.loads((tmp_path / "shop" / "contracts.lock").read_text())["models"]["report"]["n"]["type"] == "int64"
    assert "published as before, or wider" in run("plan", "--check", *options).stderr
    narrower = SHOP["halves"].replace('"float64"', '"float32"').replace("/ 2", "/ 2).cast('float32')")
    after = make_shop(tmp_path / "after", halves=narrower.replace("half=stg", "half=(stg"))
    (tmp_path / "shop" / "contracts.lock").rename(after.root / "contracts.lock")
    failed = run("plan", "--check", "--project-dir", str(after.root), code=1)
    assert "1 published column removed or narrowed: halves.half is float32 and was float64" in failed.stderr
    assert "plan --lock" in failed.stderr


def test_a_part_of_the_project_is_not_locked(run: Run, tmp_path: Path) -> None:
    options = ("--project-dir", str(make_shop(tmp_path).root))
    assert "Remove --select" in run("plan", "--lock", "-s", "totals", *options, code=2).stderr
    assert "exclude each other" in run("plan", "--lock", "--check", *options, code=2).stderr
