"""A database with the rows that audiences read, and the export of a list from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import ibis

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.model import Contract, Declaration, Model, column
from marketing_ibis.model.audiences import Audience
from marketing_ibis.outputs.audiences.destinations import form_of
from marketing_ibis.outputs.audiences.exporting import AudienceExport
from marketing_ibis.outputs.audiences.members import AudienceQuery
from marketing_ibis.project.audiences import DeclaredAudience
from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.warehouse import cluster, open_target
from tests.postgres_server import fresh_database

AS_OF = date(2024, 5, 15)
SCHEMA = "dbt_marketing"
KEY = b"0123456789abcdef0123456789abcdef"
TYPES = {
    "customer_id": "int64",
    "email": "string",
    "phone": "string",
    "first_name": "string",
    "last_name": "string",
    "consent": "boolean",
    "country": "string",
}
AUDIENCE = Audience("buyers", "consent", "crm", "Buyers.", ("email",), contacts="contacts")


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Person:
    """A row of customers; ``is_buyer`` says that the model of the audience has them."""

    id: int
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    consent: bool | None = True
    country: str | None = None
    is_buyer: bool = True


PEOPLE = tuple(Person(number, f"p{number}@example.com") for number in range(1, 6))


@cache
def _model(name: str, columns: tuple[str, ...]) -> Model:
    types = {each: TYPES[each] for each in columns}
    contract = Contract(tuple(column(each, kind, "A column.", nullable=True) for each, kind in types.items()))
    declaration = Declaration("model", contract, ("customer_id",), "campaigns", "view", "crm")
    return Model(name, declaration, "", (), ibis.schema(types), ibis.table(types, name=name))


def query_of(audience: Audience = AUDIENCE, *, is_clear: bool = False, condition: str = "") -> AudienceQuery:
    return AudienceQuery(
        DeclaredAudience("buyers_list", audience, "lists.py", 3),
        _model("buyers", ("customer_id",)),
        _model("contacts", tuple(TYPES)),
        condition,
        form_of(audience.destination, is_clear=is_clear),
        is_clear,
    )


def export_to(
    path: Path, audience: Audience = AUDIENCE, *, since_last: bool = True, is_clear: bool = False, as_of: date = AS_OF
) -> AudienceExport:
    return AudienceExport(query_of(audience, is_clear=is_clear), path, since_last, as_of, SCHEMA, KEY)


@contextmanager
def database() -> Iterator[Target]:
    """Lend a database of DuckDB with empty tables."""
    with ENGINES["duckdb"].open({"path": Path(":memory:")}) as target:
        create_tables(target)
        yield target


@contextmanager
def opened(engine: str) -> Iterator[Target]:
    """Lend a database of an engine with empty tables."""
    with ExitStack() as stack:
        if engine == "duckdb":
            yield stack.enter_context(database())
            return
        if engine == "postgres":
            server = settings_of(stack.enter_context(fresh_database()))
            target: Target = stack.enter_context(ENGINES["postgres"].open(server))
        else:
            target = stack.enter_context(open_target(stack.enter_context(cluster())))
        create_tables(target)
        yield target


def create_tables(target: Target) -> None:
    target.create_schema(SCHEMA)
    for name, columns in (("buyers", ("customer_id",)), ("contacts", tuple(TYPES))):
        kinds = ", ".join(f"{each} {target.dialect.column_type(TYPES[each])}" for each in columns)
        target.execute(f"CREATE TABLE {target.dialect.relation(Relation(SCHEMA, name))} ({kinds})")


def fill(target: Target, people: Iterable[Person]) -> None:
    """Put ``people`` in the place of those that were there."""
    literal = target.dialect.literal
    tables = {name: target.dialect.relation(Relation(SCHEMA, name)) for name in ("buyers", "contacts")}
    for table in tables.values():
        target.execute(f"DELETE FROM {table}")
    for person in people:
        texts = (person.email, person.phone, person.first_name, person.last_name)
        values = ["NULL" if text is None else literal(text) for text in (*texts, person.country)]
        consent = "NULL" if person.consent is None else str(person.consent).upper()
        row = ", ".join((str(person.id), *values[:4], consent, values[4]))
        target.execute(f"INSERT INTO {tables['contacts']} VALUES ({row})")
        if person.is_buyer:
            target.execute(f"INSERT INTO {tables['buyers']} VALUES ({person.id})")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def with_destination(destination: str, *identifiers: str, **changes: object) -> Audience:
    return replace(AUDIENCE, destination=destination, identifiers=identifiers or ("email",), **changes)  # type: ignore[arg-type]


def actions(path: Path) -> dict[int, str]:
    """Return the action of each customer in a file of changes."""
    return {int(row["customer_id"]): row["action"] for row in rows_of(path)}
