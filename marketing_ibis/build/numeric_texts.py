"""Find strings of mapped tables that are not the numbers they are to become, before anything is built from them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from marketing_ibis.model.records import NumericText
from marketing_ibis.plurals import plural

LONGEST_SHAPE = 24


@dataclass(frozen=True, slots=True)
class NumericTextQuery:
    """The SELECT of how many strings of a column are not ``expected``, and of the smallest of them.

    ``setting`` maps the column.
    """

    relation: Relation
    column: str
    setting: str
    expected: str
    is_key: bool
    select: str


def check_numeric_text(query: NumericTextQuery, target: Target) -> None:
    """Stop where a string is not one of the numbers that the column is to become.

    Raises:
        SourceError: naming the column, the number of such rows and the shape of one.
    """
    ((count, example),) = target.query(query.select)
    if count:
        raise invalid_strings(query, query.relation, int(str(count)), str(example))


def invalid_strings(
    query: NumericTextQuery | NumericText, relation: Relation | str, count: int, example: str
) -> SourceError:
    """Return the error of ``count`` strings that are not numbers, which may be personal data: only a shape is shown."""
    number = f"is not a {query.expected}" if count == 1 else f"are not {query.expected}s"
    strings = f"{plural('string', count)} that {number}"
    if query.is_key:
        setting = 'id_type = "string" under [tool.marketing_ibis]'
        hint = f"Set {setting} for keys that are strings, or correct {query.setting}."
    else:
        hint = f"Correct the data, exclude such rows with where, or correct {query.setting}."
    return SourceError(
        f"Column {query.column} of the source table {relation} has {strings}, such as one like {shape(example)!r}.",
        hint=hint,
    )


def shape(text: str) -> str:
    """Return a string with every letter as A and every digit as 9, and without its end where it is long."""
    plain = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))
    return plain if len(plain) <= LONGEST_SHAPE else f"{plain[:LONGEST_SHAPE]}..."
