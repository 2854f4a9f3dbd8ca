"""Say what a reader who writes SQL must know: of every table, and of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from marketing_ibis.engines.dialect import CANDIDATE_SUFFIX
from marketing_ibis.model.aggregates import NEVER_ADDED, NUMBERS
from marketing_ibis.outputs.description.records import ColumnEntry, RelationEntry

CENTS = "cents"
CURRENCIES = frozenset({"dollars", "euros", "pounds"})
JOINS = (
    "The grain of a table is the columns that identify a row. Join on the columns that joins name; with the cardinality"
    " many_to_one, a row of the other table appears several times: group first."
)
ADDING = (
    "Add up a column only where that makes sense for its unit and description: never averages, ratios, shares, scores"
    " or ranks. The warnings of a table name columns that must not be added up."
)
PERSONAL_DATA = (
    "Columns with personal_data contain data about a person. Select them only where the question needs them and the"
    " reader may see them."
)
MOST_NAMES = 6
"""Names that a sentence lists."""


def conventions(
    relations: Sequence[RelationEntry], *, model_schema: str, time_zone: str, state_table: str
) -> tuple[str, ...]:
    """Return what holds for every table, one sentence or two for each subject."""
    of_sources = sorted({r.relation.rpartition(".")[0] for r in relations if r.kind == "source"})
    sources = f", sources are in {' and '.join(of_sources)}" if of_sources else ""
    schemas = f"Models are published in schema {model_schema}{sources}."
    day = f"A model shows the state at the end of one day: column as_of of {model_schema}.{state_table}, by model."
    return (
        f"{schemas} Write each table with its schema.",
        JOINS,
        f"{day} Compare with that day, not with the current date.",
        *_money(relations),
        f"Days are calendar days in the time zone {time_zone}.",
        ADDING,
        PERSONAL_DATA,
        f"Only read. Tables whose names end in {CANDIDATE_SUFFIX} are still being built.",
    )


def _money(relations: Iterable[RelationEntry]) -> tuple[str, ...]:
    """Return how amounts are written; nothing where there are none."""
    in_cents = [relation.name for relation in relations if any(c.unit == CENTS for c in relation.columns)]
    units = sorted({column.unit for relation in relations for column in relation.columns} & CURRENCIES)
    if not in_cents:
        return (f"Amounts are in {' or '.join(units)}.",) if units else ()
    if not units:
        return ("Amounts whose unit is cents are whole numbers: divide them by 100.",)
    amounts = f"Amounts are in {' or '.join(units)}, except those whose unit is cents, in {names_text(in_cents)}."
    return (f"{amounts} Divide these by 100.",)


def warnings_of(
    columns: Sequence[ColumnEntry],
    *,
    is_source: bool,
    is_internal: bool,
    is_view: bool,
    grain: Sequence[str],
    readers: Collection[str],
) -> tuple[str, ...]:
    """Return what to beware of in one table."""
    personal = [column.name for column in columns if column.personal_data]
    not_added = [column.name for column in columns if _is_never_added(column)]
    partly_added = [column for column in columns if column.aggregate and column.aggregate.per]
    key = f"A row is a combination of {', '.join(grain)}: join on all of them, or filter to one value of the others."
    warnings = {
        _source_warning(readers): is_source,
        "An intermediate step: prefer the tables that are built from it.": is_internal,
        "A view: each query computes its rows again.": is_view,
        key: len(grain) > 1,
        f"Do not add up: {', '.join(not_added)}.": bool(not_added),
        **{_per_warning(column): True for column in partly_added},
        f"Personal data: {', '.join(personal)}.": bool(personal),
    }
    return tuple(warning for warning, applies in warnings.items() if applies)


def _source_warning(readers: Collection[str]) -> str:
    hint = f" Prefer {names_text(sorted(readers))}." if readers else ""
    return f"Raw data as the shop writes it, with duplicates, missing keys and names of its own.{hint}"


def _is_never_added(column: ColumnEntry) -> bool:
    """Whether the sum of a column of numbers is meaningless, as its aggregate or its unit says."""
    if column.aggregate is not None:
        return column.aggregate.function != "sum"
    return column.type.startswith(NUMBERS) and column.unit.startswith(NEVER_ADDED)


def _per_warning(column: ColumnEntry) -> str:
    per = column.aggregate.per if column.aggregate else ()
    return f"Add up {column.name} only over rows that share their value of {', '.join(per)}."


def names_text(names: Sequence[str]) -> str:
    """Return names as a list; of many the first, and how many more there are."""
    more = len(names) - MOST_NAMES
    return f"{', '.join(names[:MOST_NAMES])} and {more} more" if more > 0 else ", ".join(names)
