"""Find the rows about people: their orders, what belongs to those, and how many rows each table has of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketing_ibis.build.forgetting.conditions import Conditions, Rows
from marketing_ibis.build.forgetting.kept_tables import Inventory, KeptTable, Leftover
from marketing_ibis.build.forgetting.person_columns import PersonColumns
from marketing_ibis.build.forgetting.personal_values import PersonalValues, values_of
from marketing_ibis.engines.target import Target

PURPOSE = "Rows about a customer cannot be found"


@dataclass(frozen=True, slots=True)
class PersonRows:
    """The rows of a table that are deleted: how many, and the ``condition`` that finds them."""

    table: KeptTable
    condition: str
    count: int


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything about some customers.

    ``unknown`` are customers without a row anywhere. ``keys`` has the keys of the others and of what belongs to them,
    ``values`` their personal data. ``sources`` counts their rows in each source. ``related`` are other customers with
    the same e-mail address or phone number. ``foreign`` counts rows in tables that are not declared.
    """

    unknown: tuple[str, ...]
    keys: Mapping[str, frozenset[str]]
    values: PersonalValues
    tables: tuple[PersonRows, ...]
    leftovers: tuple[Leftover, ...]
    sources: Mapping[str, int]
    related: tuple[str, ...] = ()
    foreign: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Search:
    """Looks for customers in the tables of an ``inventory``."""

    person: PersonColumns
    inventory: Inventory
    target: Target
    conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.target.dialect, self.person.people)

    def find(self, customers: Collection[str]) -> Findings:
        """Return what there is about ``customers``.

        Raises:
            RunFailed: a table cannot be read.
        """
        keys = self._keys(customers, self._every_rows)
        values = self._values(keys)
        tables = tuple(self._count_rows(keys, values))
        # What an earlier build knew is not in the sources any more: a shop may keep an order and remove its customer.
        live_keys = self._keys(customers, (*self.inventory.sources.values(), *self.inventory.live_views))
        sources = {
            name: self._count(rows, self.conditions.of_person(rows, live_keys, values))
            for name, rows in self.inventory.sources.items()
        }
        unknown = tuple(sorted(set(customers) - self._known_customers(customers)))
        related = self._related(keys, values.addresses)
        foreign = {
            str(table.relation): count
            for table in self.inventory.foreign
            if (count := self._count(table.rows, self.conditions.of_person(table.rows, keys, values)))
        }
        return Findings(unknown, keys, values, tables, self.inventory.leftovers, sources, related, foreign)

    @property
    def _every_rows(self) -> tuple[Rows, ...]:
        tables = (table.rows for table in self.inventory.tables)
        views = (*self.inventory.live_views, *self.inventory.views)
        return (*self.inventory.sources.values(), *views, *tables)

    def _keys(self, customers: Collection[str], among: Sequence[Rows]) -> dict[str, frozenset[str]]:
        keys = {self.person.people: frozenset(customers)}
        for kind in self.person.kinds[1:]:
            keys[kind] = self._keys_of(kind, keys, among)
        return keys

    def _keys_of(self, kind: str, keys: Mapping[str, frozenset[str]], among: Sequence[Rows]) -> frozenset[str]:
        """Return the keys of a kind that belong to the customers, without those that a source gives to another."""
        matches: set[str] = set()
        for rows in among:
            for name in rows.columns_of(kind):
                matches |= self._distinct(rows, name, self.conditions.of_person(rows, keys))
        source = self.inventory.sources.get(kind)
        if matches and source and (others := self.conditions.of_others(source, keys)):
            for name in source.columns_of(kind):
                matches -= self._distinct(source, name, f"({self._with_key(source, name, matches)}) AND {others}")
        return frozenset(matches)

    def _with_key(self, rows: Rows, name: str, keys: Collection[str]) -> str:
        return self.conditions.of_person(replace(rows, keys={name: name}), {name: keys})

    def _values(self, keys: Mapping[str, frozenset[str]]) -> PersonalValues:
        """Return the personal data in rows with the keys."""
        cells: set[tuple[str, str]] = set()
        for rows in self._every_rows:
            condition = self.conditions.of_person(rows, keys) if rows.keys else ""
            for name in rows.personal if condition else ():
                cells |= {(name, value) for value in self._distinct(rows, name, condition)}
        return values_of(cells)

    def _count_rows(self, keys: Mapping[str, frozenset[str]], values: PersonalValues) -> Iterator[PersonRows]:
        for table in self.inventory.tables:
            if condition := self.conditions.of_person(table.rows, keys, values):
                yield PersonRows(table, condition, self._count(table.rows, condition))

    def _known_customers(self, customers: Collection[str]) -> set[str]:
        people = {self.person.people: customers}
        return {
            customer
            for rows in self._every_rows
            for name in rows.columns_of(self.person.people)
            for customer in self._distinct(rows, name, self.conditions.of_person(rows, people))
        }

    def _related(self, keys: Mapping[str, frozenset[str]], addresses: frozenset[str]) -> tuple[str, ...]:
        """Return other customers, guests among them, whose rows have one of the addresses."""
        customers: set[str] = set()
        orders: dict[str, set[str]] = {}
        for rows in self._every_rows:
            condition = self.conditions.of_addresses(rows, addresses)
            for name, kind in rows.keys.items() if condition else ():
                matches = self._distinct(rows, name, condition)
                if kind == self.person.people:
                    customers |= matches
                else:
                    orders.setdefault(kind, set()).update(matches - keys.get(kind, frozenset()))
        for rows in self._every_rows if any(orders.values()) else ():
            for name in rows.columns_of(self.person.people):
                for kind, matches in orders.items():
                    for column in rows.columns_of(kind):
                        customers |= self._distinct(rows, name, self._with_key(rows, column, matches))
        return tuple(sorted(customers - keys[self.person.people]))

    def _count(self, rows: Rows, condition: str) -> int:
        if not condition:
            return 0
        ((count,),) = self._query(f"SELECT COUNT(*) FROM {rows.place} WHERE {condition}")
        return int(str(count))

    def _distinct(self, rows: Rows, name: str, condition: str) -> set[str]:
        if not condition:
            return set()
        text, column = self.conditions.text(rows, name), self.target.dialect.identifier(name)
        select = f"SELECT DISTINCT {text} FROM {rows.place} WHERE {column} IS NOT NULL AND ({condition})"
        return {str(value) for (value,) in self._query(select)}

    def _query(self, select: str) -> Iterable[tuple[object, ...]]:
        (approved,) = self.target.dialect.approve((select,), PURPOSE)
        return self.target.attempt("forget", lambda: self.target.query(approved))
