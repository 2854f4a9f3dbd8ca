"""Tables of a report as files of comma-separated values."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.report.blocks import HeatMap, Section, Table, Term, Tile
from marketing_ibis.report.declaration import Answers, Frame, Report
from marketing_ibis.report.page import page_of
from marketing_ibis.report.wording import count, csv_url, money, percent, plain_number, slug

HEAD = "data:text/csv;charset=utf-8,"


def rows_of(address: str) -> list[list[str]]:
    assert address.startswith(HEAD)
    return list(csv.reader(io.StringIO(unquote(address.removeprefix(HEAD)), newline="")))


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        (money(-1234567), "-1234567"),
        (money(0.5), "0.50"),
        (count(1_234), "1234"),
        (percent(0.123), "12"),
        (percent(None), ""),
        ("after order 1", "after order 1"),
    ],
)
def test_numbers_are_written_as_programs_read_them(shown: str, plain: str) -> None:
    assert plain_number(shown) == plain


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), min_size=1))
def test_every_cell_is_read_back(rows: list[list[str]]) -> None:
    for written, read in zip(rows, rows_of(csv_url(rows)), strict=True):
        for cell, back in zip(written, read, strict=True):
            assert back.removeprefix("'").replace("\xa0", " ") == cell.removeprefix("'").replace("\xa0", " ")
            assert not back.startswith(("=", "+", "@", "\t", "\r"))


def test_tables_and_heat_maps_are_downloaded_with_their_heads() -> None:
    table = Table("Sales, all", ("Name", "Sum"), (("=1+1", money(1000)), ("-x", money(-5))), frozenset({1}))
    assert table.file_name == "sales-all.csv"
    assert rows_of(table.data_url) == [["Name", "Sum"], ["'=1+1", "1000"], ["'-x", "-5.00"]]
    drawn = HeatMap(
        "c", "Model", ("A", "B"), (("x", (Tile("7"), Tile("8", 1, "9%"))), ("y", (None, None))), ("0", "9"), "t"
    )
    assert rows_of(drawn.data_url) == [["Model", "A", "B"], ["x", "7", "8 (9%)"], ["y", "", ""]]
    assert slug("What's new?") == "what-s-new"


def test_a_term_that_the_glossary_lacks_is_named() -> None:
    report = Report("t", (), (lambda _: Section("a", "b", "c", terms=("Buyer",)),), lambda _: Frame(terms=()))
    with pytest.raises(Exception, match=r"The section a uses the term Buyer, which the glossary does not have\."):
        page_of(report, Answers({}))
    known = Report("t", (), report.sections, lambda _: Frame(terms=(Term("Buyer", "Buys."),)))
    assert page_of(known, Answers({})).terms["Buyer"].anchor == "term-buyer"
