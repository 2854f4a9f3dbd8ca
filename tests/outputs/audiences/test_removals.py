"""What `forget` writes to remove a customer from the destinations of audiences."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.build.forgetting.conditions import Rows
from marketing_ibis.build.forgetting.kept_tables import LISTS, KeptTable
from marketing_ibis.build.forgetting.personal_values import NO_VALUES
from marketing_ibis.build.forgetting.search import Findings, PersonRows
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.identifiers import hash_identifier
from marketing_ibis.outputs.audiences.removals import write_removals
from tests.outputs.audiences.lists import SCHEMA, Person, database, export_to, fill, rows_of, with_destination

PEOPLE = [
    Person(1, "a@example.com", "+49 30 1234567"),
    Person(2, "a@example.com", "+49 40 7654321"),
    Person(3, "b@example.com"),
    Person(4, "b@example.com"),
]


def found(customers: tuple[int, ...]) -> Findings:
    place = Relation(SCHEMA, "audience_members")
    table = KeptTable(place, LISTS, Rows(f"{place.schema}.{place.name}", {}))
    names = ", ".join(f"'{customer}'" for customer in customers)
    rows = PersonRows(table, f"customer IN ({names}) OR customer IS NULL", len(customers))
    return Findings((), {}, NO_VALUES, (rows,), (), {})


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        ((1,), [("", "+49301234567")]),
        ((1, 2), [("a@example.com", "+49301234567"), ("a@example.com", "+49407654321")]),
        ((3,), None),
        ((3, 4), [("b@example.com", ""), ("b@example.com", "")]),
    ],
)
def test_others_keep_what_they_share(
    customers: tuple[int, ...], expected: list[tuple[str, str]] | None, tmp_path: Path
) -> None:
    audience = with_destination("google", "email", "phone")
    with database() as target:
        fill(target, PEOPLE)
        export = export_to(tmp_path / "x.csv", audience)
        export_audience(export, target)
        declared = {"buyers_list": export.query.declared}
        paths = write_removals(target, found(customers), declared, tmp_path)
        assert [path.name for path in paths] == (["buyers_list-remove.csv"] if expected else [])
        rows = [(row["Email"], row["Phone"]) for path in paths for row in rows_of(path)]
        assert rows == [tuple(map(hash_identifier, row)) for row in expected or ()]


def test_lists_with_keys_name_each_customer(tmp_path: Path) -> None:
    with database() as target:
        fill(target, PEOPLE)
        export = export_to(tmp_path / "x.csv")
        export_audience(export, target)
        (path,) = write_removals(target, found((3,)), {"buyers_list": export.query.declared}, tmp_path)
        (row,) = rows_of(path)
        assert row == {"action": "removed", "customer_id": "3", "email_sha256": hash_identifier("b@example.com")}
        (path,) = write_removals(target, found((3,)), {}, tmp_path)
        assert rows_of(path)[0]["customer"] == "3"
