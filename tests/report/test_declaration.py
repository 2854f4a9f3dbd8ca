"""A project's own report: how it is found, and how its faults are reported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from marketing_ibis.errors import CompileError, SourceError
from marketing_ibis.project.settings import load_project
from marketing_ibis.report import Answers, Context, Frame, Query, Report, Section, load_report, query, report_page
from marketing_ibis.report.page import page_of
from marketing_ibis.report.reading import used_columns
from tests.dataflows.report.shops import context_of, published
from tests.quick_edits import edits_of_one_second
from tests.report.markup import parse
from tests.warehouse import MODEL_SCHEMA


@dataclass(frozen=True)
class Size:
    """How many rows a table has."""

    rows: int


@query(Size)
def customers(customer_segmentation: ir.Table) -> ir.Table:
    """All customers."""
    return customer_segmentation.agg(rows=customer_segmentation.count())


@query(Size)
def spenders(customer_segmentation: ir.Table) -> ir.Table:
    """Customers who spent something."""
    some = customer_segmentation.filter(customer_segmentation.total_revenue > 0)
    return some.agg(rows=some.count())


def size(answers: Answers) -> Section:
    """Show how many customers there are."""
    return Section("size", "Customers", f"There are {answers.row(customers).rows} customers")


def page(report: Report, context: Context | None = None) -> str:
    with published({}) as target:
        return report_page(report, target, MODEL_SCHEMA, context or context_of())


def test_a_report_of_one_section_is_a_page() -> None:
    report = Report("Our <shop>", (customers,), (size,))
    read = parse(page(report, context_of(days=(date(2024, 5, 14), date(2024, 5, 15)))))
    assert "Our <shop>" in read.texts
    assert "There are 0 customers" in read.texts
    assert "As of 14\xa0May\xa02024 and 15\xa0May\xa02024" in read.text
    assert "from customer_segmentation." in read.text
    assert "As of" not in parse(page(report)).text


def test_a_frame_is_around_the_sections() -> None:
    frame = Frame("tomorrow", warnings=("Not <yet>.",), notes=("Counted by hand.",))
    read = parse(page(Report("Shop", (customers,), (size,), lambda _: frame)))
    assert {"As of tomorrow.", "Not <yet>.", "Counted by hand."} <= {text.strip() for text in read.texts}


def test_a_section_needs_no_database() -> None:
    answers = Answers({customers: (Size(3),)})
    assert size(answers).title == "There are 3 customers"
    assert [section.title for section in page_of(Report("Shop", (), (size,)), answers).sections] == [
        "There are 3 customers"
    ]


def test_a_query_that_is_not_listed_is_named() -> None:
    with pytest.raises(CompileError, match="uses the query customers, which the report does not list"):
        page(Report("Shop", (), (size,)))


def fails(_: Answers) -> Section:
    raise KeyError("price")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (fails, r"The section tests\.report\.test_declaration\.fails of the report raised KeyError: 'price'\."),
        (lambda _: "text", "of the report returned str instead of Section"),
        (lambda _: None, r"of the report returned NoneType instead of Section\.\nIs a return missing\?"),
    ],
)
def test_a_section_that_fails_is_named(section: Callable[[Answers], Section], message: str) -> None:
    with pytest.raises(CompileError, match=message):
        page(Report("Shop", (), (section,)))


def unknown(customer_segmentatoin: ir.Table) -> ir.Table:
    return customer_segmentatoin


def mistyped(customer_segmentation: ir.Table) -> ir.Table:
    return customer_segmentation.select("customer_idd")


def other_columns(customer_segmentation: ir.Table) -> ir.Table:
    return customer_segmentation.agg(number=customer_segmentation.count())


@pytest.mark.parametrize(
    ("expression", "message", "hint"),
    [
        (
            unknown,
            "report's query unknown has the parameter customer_segmentatoin, which is not a model",
            "customer_segmentation",
        ),
        (mistyped, "The query mistyped of the report raised", "Did you mean customer_id?"),
        (other_columns, "returns the columns number; its record Size has the fields rows", "in their order"),
    ],
)
def test_a_query_that_cannot_be_run_is_named(expression: Callable[..., ir.Table], message: str, hint: str) -> None:
    with pytest.raises(CompileError, match=message) as raised:
        page(Report("Shop", (Query(Size, expression),), ()))
    assert hint in raised.value.hint


def test_a_column_that_another_version_did_not_build_is_named() -> None:
    with published({}) as target:
        target.execute(f"ALTER TABLE {MODEL_SCHEMA}.customer_segmentation DROP total_revenue")
        report_page(Report("Shop", (customers,), (size,)), target, MODEL_SCHEMA, context_of())
        with pytest.raises(SourceError, match=r"customer_segmentation has no column total_revenue: another version"):
            report_page(Report("Shop", (customers, spenders), (size,)), target, MODEL_SCHEMA, context_of())


def test_used_columns_are_found_through_filters_and_sorts() -> None:
    table = ibis.table({"a": "int64", "b": "int64", "c": "int64", "d": "int64"}, name="t")
    chosen = table.filter(table.a > 0).order_by("b")
    assert used_columns([chosen.select(x=chosen.c), table.agg(n=table.count())]) == {"t": {"a", "b", "c"}}


MODEL = '''"""A model that happens to be called report."""
import ibis.expr.types as ir
from marketing_ibis.model import column, model, source

@source(table="t", columns=(column("n", "int64", "A number."),), grain=("n",))
def raw_t() -> ir.Table:
    """T."""

@model(layer="marts", columns=(column("n", "int64", "A number."),), grain=("n",))
def report(raw_t: ir.Table) -> ir.Table:
    """R."""
    return raw_t
'''
REPORT = '''"""A report."""
from marketing_ibis.report import Report
REPORT = Report("Numbers", (), ())
'''


@pytest.fixture
def project(tmp_path: Path, own_modules: None) -> Path:
    """Return the folder of a package of models that can be imported."""
    (tmp_path / "pyproject.toml").write_text('[tool.marketing_ibis]\ndataflows = ["shop_numbers"]\n')
    (tmp_path / "shop_numbers").mkdir()
    (tmp_path / "shop_numbers" / "__init__.py").write_text("")
    return tmp_path / "shop_numbers"


def test_a_module_report_without_a_report_holds_models(project: Path) -> None:
    (project / "report.py").write_text(MODEL)
    found = load_project(project.parent)
    assert set(found.nodes()) == {"raw_t", "report"}
    assert load_report(found) is None


@pytest.mark.parametrize("place", ["report.py", "report/__init__.py"])
def test_compiling_imports_no_report(project: Path, place: str) -> None:
    (project / "numbers.py").write_text(MODEL)
    (project / place).parent.mkdir(exist_ok=True)
    if place != "report.py":
        (project / "report" / "broken.py").write_text("def broken(:")
    (project / place).write_text("raise SystemExit\n" + REPORT)
    found = load_project(project.parent)
    assert set(found.compile(date(2024, 1, 1)).models) == {"report"}
    with pytest.raises(CompileError, match=r"shop_numbers\.report cannot be imported: SystemExit"):
        load_report(found)


def test_an_edit_of_the_same_second_and_length_is_drawn(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for text in edits_of_one_second(project / "report.py", REPORT, REPORT.replace("Numbers", "Letters")):
        found = load_report(load_project(project.parent))
        assert found is not None
        assert f'"{found.title}"' in text


def test_what_is_called_report_must_be_one(project: Path) -> None:
    (project / "report.py").write_text("REPORT = 5\n")
    with pytest.raises(CompileError, match=r"shop_numbers\.report\.REPORT is not a Report"):
        load_report(load_project(project.parent))


def test_the_report_of_the_first_package_that_has_one_is_drawn(project: Path) -> None:
    (project / "report.py").write_text(REPORT)
    found = load_report(load_project(project.parent))
    assert found is not None
    assert found.title == "Numbers"
