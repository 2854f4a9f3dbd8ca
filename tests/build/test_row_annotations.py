"""The annotation of a function's first parameter says in which form it receives rows."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import CompileError
from marketing_ibis.model.row_annotations import takes_records
from marketing_ibis.project.python_rows import row_function

Row = Mapping[str, Any]
Rows = Sequence[Row]
KNOWN: dict[str, Any] = {"pa": pa, "ir": ir, "pd": pd, "t": typing, "abc": collections.abc, "Rows": Rows, "Row": Row}
LISTS = st.sampled_from(
    ["list", "Sequence", "List", "Iterable", "abc.Collection", "t.Sequence", "typing.List", "hidden.Sequence"]
)
CONTENTS = st.sampled_from(["Row", "Hidden", "'Hidden' | None", "dict[str, Any]"])
ALIASES = (Rows, list[Row], typing.Optional["list[Row]"], typing.Annotated[Rows | None, "sorted"])
RECORDS = LISTS | st.just("Rows") | st.builds("{}[{}]".format, LISTS, CONTENTS)
TABLES = st.sampled_from(["pa.Table", "Table", "hidden.Table", "pyarrow.Table", "Any", "t.Any"])
MAPPINGS = ("dict[str, Any]", "Row", "Row[int]", "Mapping[str, Any]")
CLASSES = ("str", "object", "tuple[Row, ...]", "Iterator[Row]", "pd.DataFrame", "ir.Table", "pa.RecordBatch")
UNKNOWN = ("Hidden", "hidden.Hidden", "list[Row] | pa.Table", "5", "list[", "None")


def annotated(annotation: object) -> Any:
    """Return a function whose first parameter has an annotation."""
    names: dict[str, Any] = {"__name__": "shop.shares", **KNOWN}
    exec("def shares(rows, digits=2): ...", names)  # as if written in a module of a project
    names["shares"].__annotations__["rows"] = annotation
    return names["shares"]


FORMS = st.sampled_from(
    ["{}", "{} | None", "None | {}", "Optional[{}]", "t.Union[None, {}]", "Annotated[{}, 'sorted']", "'{}'"]
)


@given(RECORDS, FORMS)
def test_a_list_of_any_rows_is_received_as_dictionaries(annotation: str, form: str) -> None:
    if form != "'{}'" or "'" not in annotation:
        assert takes_records(annotated(form.format(annotation)))


@given(TABLES, FORMS)
def test_a_table_is_received_as_one(annotation: str, form: str) -> None:
    assert not takes_records(annotated(form.format(annotation)))


def test_an_annotation_other_than_a_string_is_read_too() -> None:
    assert all(takes_records(annotated(alias)) for alias in ALIASES)
    assert not any(takes_records(annotated(table)) for table in (pa.Table, Any, pa.Table | None))


def test_without_an_annotation_a_table_is_received() -> None:
    assert not takes_records(lambda rows: rows)


@pytest.mark.parametrize("annotation", [*MAPPINGS, *CLASSES, *UNKNOWN])
def test_any_other_annotation_is_refused(annotation: str) -> None:
    with pytest.raises(CompileError) as raised:
        takes_records(annotated(annotation))
    assert f"The first parameter of shop.shares:shares is annotated as '{annotation}'" in raised.value.message
    assert "rows: Sequence[Mapping[str, Any]]" in str(raised.value.hint)


def shares(rows: Row) -> list[Row]:
    return [rows]


def test_a_model_is_not_planned_with_such_a_function() -> None:
    with pytest.raises(CompileError, match="shares is annotated as 'Row', which is neither a list of rows nor"):
        row_function("shares", shares, ibis.table({"id": "int64"}, name="sales"), {})
