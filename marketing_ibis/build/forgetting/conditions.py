"""Write the conditions that find a person's rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from marketing_ibis.build.forgetting.personal_values import NO_VALUES, PersonalValues
from marketing_ibis.engines.dialect import Dialect

Keys = Mapping[str, Collection[str]]
"""The keys of people, of their orders and so on, as strings, by kind."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table, or a query in its place, whose rows may be about a person.

    ``place`` is written after FROM, ``types`` has Ibis' names of the columns' types. ``keys`` has the kind of each
    column that identifies a row, ``personal`` are columns with personal data. Where ``by_contents`` is true, a row
    without such a key is a person's if a value of those columns is.
    """

    place: str
    types: Mapping[str, str]
    keys: Mapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    by_contents: bool = False

    def columns_of(self, kind: str) -> tuple[str, ...]:
        """Return the columns with keys of a kind."""
        return tuple(name for name, of in self.keys.items() if of == kind)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Writes conditions in the SQL of an engine; ``people`` is the kind of customers' keys."""

    dialect: Dialect
    people: str

    def of_person(self, rows: Rows, keys: Keys, values: PersonalValues = NO_VALUES) -> str:
        """Return the condition of the rows about people with these ``keys``, "" if the table can have none.

        A row of another customer is not theirs, whatever else it names. ``values`` are their personal data.
        """
        owners = rows.columns_of(self.people)
        of_owners = self._any_of(rows, owners, keys.get(self.people, ()))
        others = [
            part
            for kind, of_kind in keys.items()
            if kind != self.people and (part := self._any_of(rows, rows.columns_of(kind), of_kind))
        ]
        if not rows.keys:
            parts = [self.of_addresses(rows, values.addresses)]
            if rows.by_contents:
                parts.append(self._any_of(rows, self._texts(rows), values.texts))
            return " OR ".join(filter(None, parts))
        if others and owners:
            unowned = " AND ".join(f"{self.dialect.identifier(name)} IS NULL" for name in owners)
            others = [f"({unowned} AND ({' OR '.join(others)}))"]
        return " OR ".join(([of_owners] if of_owners else []) + others)

    def of_addresses(self, rows: Rows, addresses: Collection[str]) -> str:
        """Return the condition of rows with one of the e-mail addresses or phone numbers, in any spelling of case."""
        folded = sorted({address.strip().lower() for address in addresses})
        literals = ", ".join(map(self.dialect.literal, folded))
        names = map(self.dialect.identifier, self._texts(rows))
        return " OR ".join(f"LOWER(TRIM({name})) IN ({literals})" for name in names) if folded else ""

    def of_others(self, rows: Rows, keys: Keys) -> str:
        """Return the condition of rows that name another customer, "" if the table has no such key."""
        parts = []
        for name in rows.columns_of(self.people):
            column, own_keys = self.dialect.identifier(name), self._in(rows, name, keys[self.people])
            parts.append(f"({column} IS NOT NULL{f' AND NOT ({own_keys})' if own_keys else ''})")
        return " AND ".join(parts)

    def text(self, rows: Rows, name: str) -> str:
        """Return a column as a string."""
        column = self.dialect.identifier(name)
        is_text = rows.types.get(name) == "string"
        return column if is_text else f"CAST({column} AS {self.dialect.column_type('string')})"

    def _texts(self, rows: Rows) -> tuple[str, ...]:
        return tuple(name for name in rows.personal if rows.types.get(name) == "string")

    def _any_of(self, rows: Rows, names: Collection[str], values: Collection[str]) -> str:
        parts = [part for name in names if (part := self._in(rows, name, values))]
        return " OR ".join(parts)

    def _in(self, rows: Rows, name: str, values: Collection[str]) -> str:
        if "int" in rows.types.get(name, ""):
            literals = sorted(value for value in values if is_whole_number(value))
            return f"{self.dialect.identifier(name)} IN ({', '.join(literals)})" if literals else ""
        literals = [self.dialect.literal(value) for value in sorted(values)]
        return f"{self.text(rows, name)} IN ({', '.join(literals)})" if literals else ""


MOST_DIGITS = 18
"""Of a number that BIGINT has room for, whatever it begins with."""


def is_whole_number(text: str) -> bool:
    """Return whether a string is a number that a BIGINT column may contain, as engines write it."""
    digits = text.removeprefix("-")
    # The length first: Python refuses to read numbers of thousands of digits.
    return len(digits) <= MOST_DIGITS and digits.isascii() and digits.isdigit() and str(int(text)) == text
