"""An invalid declaration is reported with its line, before anything is built."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.errors import CompileError, ConfigurationError, MarketingIbisError
from tests.shop import AS_OF, HEAD, SHOP, make_shop

TOTALS, SALES = dedent(SHOP["totals"]), dedent(SHOP["raw_sales"])
CHECKS = "from marketing_ibis.data_tests import unique\n"
EXPOSED = "from marketing_ibis.model import exposure\n"
FRESH = "from datetime import timedelta\nfrom marketing_ibis.model import freshness\n"


def refusal(folder: Path, **changes: str) -> MarketingIbisError:
    with pytest.raises(MarketingIbisError) as caught:
        make_shop(folder, **changes).project.compile(AS_OF)
    assert caught.value.exit_code in (1, 2)
    return caught.value


@pytest.mark.parametrize(
    ("written", "instead", "line", "message", "hint"),
    [
        ('"n", "int64"', '"n", "int63"', "COLUMNS", "Column n: unknown type 'int63'", "Did you mean int64?"),
        ('"n", "int64"', '"n", "decimal(1, 2)"', "COLUMNS", "Column n: unknown type", "decimal(18, 2)"),
        ('"n", "int64"', '"n", int', "COLUMNS", "Column n: the type must be a string, not int", 'Write it as "int64".'),
        ('column("n"', "column(1", "COLUMNS", "A column name must be a string, not 1", 'column("name"'),
        ('"Sales.")', '"Sales.", null=True)', "COLUMNS", "column(...) has no keyword null=.", "Did you mean nullable"),
        (
            '"Sales.")',
            '"Sales.", tests=unique())',
            "COLUMNS",
            "tests= is one DataTest, not a tuple",
            "tests=(unique(),)",
        ),
        ("=COLUMNS", "=COLUMNS[0]", "@model", "columns= is one Column, not a tuple", "the comma makes a tuple"),
        ("=COLUMNS", '=("n", "cents")', "@model", "columns= contains 'n'", 'Write columns=(column("name"'),
        ("=COLUMNS", '="n"', "@model", "columns= is 'n', not a tuple", "the comma makes a tuple"),
        ("=COLUMNS", "=None", "@model", "columns= is None, not a tuple", "the comma makes a tuple"),
        ("=COLUMNS", "=()", "@model", "model totals declares no columns", "Write columns=("),
        ("=COLUMNS", "=(*COLUMNS, COLUMNS[0])", "@model", "declares the column n twice", "Rename"),
        ("=COLUMNS", '=(*COLUMNS, column("N", "int64", "."))', "@model", "columns n and N, which are one", "Rename"),
        (", columns=COLUMNS", "", "@model", "missing 1 required keyword-only argument: 'columns'", "See "),
        ("tags=", "tag=", "@model", "model(...) has no keyword tag=.", "Did you mean tags"),
        ('grain=("n",)', 'grain="n"', "@model", "grain= is 'n', not a tuple", 'as in grain=("column_name",)'),
        ('grain=("n",)', 'grain=("nope",)', "@model", "model totals: grain= names nope", "Known: cents, n."),
        ("tags=", 'dist_key="cent", tags=', "@model", "dist_key= names cent", "Did you mean cents?"),
        ("tags=", "dist_nulls=True, tags=", "@model", "dist_nulls=True needs a dist_key=.", "NULL in few rows"),
        ("tags=", 'dist_key="n", dist_nulls=1, tags=', "@model", "dist_nulls= is 1.", "Write True or False."),
        ("tags=", 'sort_keys=("cent",), tags=', "@model", "sort_keys= names cent", "Did you mean cents?"),
        ("tags=", 'sort_keys="n", tags=', "@model", "sort_keys= is 'n', not a tuple", "the comma makes a tuple"),
        ("tags=", "tests=unique(), tags=", "@model", "tests= is one DataTest, not a tuple", "tests=(unique(),)"),
        (
            "tags=",
            "tests=(unique,), tags=",
            "@model",
            "tests= contains the function unique, which is not called",
            "unique()",
        ),
        ("tags=", 'tests=("unique",), tags=', "@model", "tests= contains 'unique'", "unique()"),
    ],
)
def test_a_wrong_declaration_is_reported_with_its_line(
    tmp_path: Path, written: str, instead: str, line: str, message: str, hint: str
) -> None:
    text = CHECKS + TOTALS.replace(written, instead)
    error = refusal(tmp_path, totals=text)
    number = next(n for n, row in enumerate((HEAD + text).splitlines(), 1) if row.startswith(line))
    assert message in error.message
    assert hint in error.hint
    assert re.search(rf"totals\.py:{number}\b", str(error))


TOTAL = "def _count(raw_sales):\n    return raw_sales.agg(n=raw_sales.count())\n\n\n"


@pytest.mark.parametrize(
    ("test", "message", "hint"),
    [
        ('unique(severity="ERROR")', "Test unique: severity= is 'ERROR'", '"error" or "warn"'),
        ('unique(name="of_id", severity="warning")', "Test of_id: severity= is 'warning'", '"error" or "warn"'),
        ("unique(severity=None)", "severity= is None", '"error" or "warn"'),
        ("unique(warn_if=10)", "Test unique: 10 is not a valid threshold", '">10"'),
        ('unique(error_if="many")', "Test unique: 'many' is not a valid threshold", '">10"'),
        ('unique(name="../evil")', "'../evil'", "letters, digits"),
        ('unique(name="/evil")', "'/evil'", "letters, digits"),
        ('unique(name=".hidden")', "'.hidden'", "letters, digits"),
        ('unique(name="two words")', "'two words'", "letters, digits"),
        ('unique(name="ends\\n")', "'ends", "letters, digits"),
        ("unique(name=7)", "7", "letters, digits"),
        ('unique(name="é" * 101)', "has 202 bytes, and may have 200", "a shorter one"),
        ('accepted_values("paid")', "values= is 'paid', not a tuple", 'values=("value",)'),
        ("accepted_values(7)", "values= is 7, not a tuple", 'values=("value",)'),
        ("accepted_values([])", "values= is empty", 'values=("value", ...)'),
        ('accepted_values([None, "paid"])', "values= contains None", "not_null()"),
        ('unique_combination_of_columns("ab")', "columns= is 'ab', not a tuple", "the comma makes a tuple"),
        ('custom("f")', "function= is 'f', not a function", "custom(function)"),
        ("custom(_.id > 0)", "custom(...) got an expression", "expression_is_true"),
        ('expression_is_true("id > 0")', "condition= is 'id > 0', not a function", "_.column > 0"),
        ("row_count_equals(_count)", "is the function _count, which is not called", 'total(function, "column")'),
        ('row_count_equals("2")', "is '2', not a whole number", 'total(function, "column")'),
        ("row_count_equals(2.0)", "What row_count_equals(...) expects is 2.0", 'total(function, "column")'),
        ("sum_equals(None)", "What sum_equals(...) expects is None", 'total(function, "column")'),
        ("min_row_count(True)", "What min_row_count(...) expects is True", "min_row_count(1)"),
        ('sum_equals(total("count", "n"))', "What total(...) calls is 'count', not a function", "total(function"),
        ('sum_equals(total(_count, "n", times=0.5))', "times= is 0.5, not a whole number", "times=2"),
    ],
)
def test_a_wrong_test_is_reported_with_its_line(tmp_path: Path, test: str, message: str, hint: str) -> None:
    imports = "from ibis import _\nfrom marketing_ibis.data_tests import *\n"
    declared = TOTALS.replace('"Sales.")', f'"Sales.", tests=({test},))')
    text = f"{imports}{TOTAL}{declared}"
    error = refusal(tmp_path, totals=text)
    number = next(n for n, row in enumerate((HEAD + text).splitlines(), 1) if row.startswith("COLUMNS"))
    assert message in error.message
    assert hint in error.hint
    assert re.search(rf"totals\.py:{number}: ", error.message)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(
            'freshness("nope", warn_after=timedelta(1))', "freshness= names nope, which is not one of", id="column"
        ),
        pytest.param('"1 day"', "source raw_sales: freshness= is '1 day'", id="text"),
        pytest.param('freshness("sold_on", warn_after=2)', "source raw_sales: warn_after= is 2", id="number"),
        pytest.param(
            'freshness("sold_on", warn_after=timedelta(3), error_after=timedelta(2))',
            "source raw_sales: warn_after= is longer than error_after=",
            id="order",
        ),
        pytest.param(
            'freshness("cents", warn_after=timedelta(1))',
            "freshness= names cents, which is int64: only days",
            id="cents",
        ),
        pytest.param('freshness("id", warn_after=timedelta(1))', "freshness= names id, which is int64: only", id="key"),
    ],
)
def test_a_wrong_freshness_is_reported(tmp_path: Path, written: str, message: str) -> None:
    error = refusal(tmp_path, raw_sales=FRESH + SALES.replace("grain=", f"freshness={written}, grain="))
    assert message in error.message
    assert "raw_sales.py:" in error.message


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        pytest.param(
            {"more": SHOP["halves"].replace("def halves", "def raw_sales").replace("stg_sales", "totals")},
            r"'raw_sales' is declared in .*more\.py and in .*raw_sales\.py",
            "rename one",
            id="model called like a source",
        ),
        pytest.param(
            {"more": TOTALS.replace("def totals", "def as_of")},
            "A model cannot be called as_of: an input has that name",
            r"See .*more\.py:\d+",
            id="model called like an input",
        ),
        pytest.param(
            {"more": TOTALS.replace("def totals", "def _more")},
            "A model cannot be called _more: a leading underscore",
            r"See .*more\.py:\d+",
            id="underscore",
        ),
        pytest.param(
            {"totals": TOTALS.replace("stg_sales: ir.Table", "stg_sales")},
            "The parameter stg_sales of model totals has no type: write stg_sales: ir.Table",
            r"See .*totals\.py:\d+",
            id="parameter without a type",
        ),
        pytest.param(
            {"totals": TOTALS.replace(" -> ir.Table", "")},
            "The result of model totals has no type: write -> ir.Table",
            r"See .*totals\.py:\d+",
            id="result without a type",
        ),
        pytest.param(
            {"totals": TOTALS.replace("ir.Table", "'nothing.Table'")},
            "The types of model totals cannot be read: name 'nothing' is not defined",
            r"See .*totals\.py:\d+",
            id="type that is not imported",
        ),
        pytest.param(
            {"totals": f"{TOTALS}\ndef half(x: int, y):\n    return x / y"},
            "Function half is in a file with models and has no type for y, return",
            r"Rename it to _half, or add its types: .* See .*totals\.py:\d+",
            id="helper without types",
        ),
        pytest.param(
            {"totals": TOTALS.replace("stg_sales: ir.Table", "stg_sales: int")},
            "Hamilton cannot read the models: .*totals is expecting stg_sales",
            "ir.Table",
            id="wrong type",
        ),
        pytest.param(
            {"totals": f"{TOTALS}\nreturn"}, "cannot be imported: SyntaxError", r"See .*totals\.py:\d+", id="syntax"
        ),
        pytest.param(
            {"more": SALES.replace("def raw_sales", "def raw_twice")},
            r"The sources raw_twice \(.*more\.py:\d+\) and raw_sales \(.*raw_sales\.py:\d+\) are both the table sales",
            "Correct table=",
            id="two sources of one table",
        ),
    ],
)
def test_contradicting_arguments_are_reported(tmp_path: Path, changes: dict[str, str], message: str, hint: str) -> None:
    error = refusal(tmp_path, **changes)
    assert isinstance(error, CompileError)
    assert re.search(message, error.message)
    assert re.search(hint, error.hint)


@pytest.mark.parametrize(("written", "meant"), [("martz", "marts"), ("Marts", "marts"), ("stagin", "staging")])
def test_a_mistyped_layer_is_reported(tmp_path: Path, written: str, meant: str) -> None:
    error = refusal(tmp_path, totals=TOTALS.replace('"marts"', f'"{written}"'))
    assert isinstance(error, ConfigurationError)
    assert re.search(rf"totals\.py:\d+: unknown layer '{written}'", error.message)
    assert error.hint == f"Did you mean {meant}?"


@pytest.mark.parametrize("layer", ["scores", "staging_eu", "reporting", "store"])
def test_a_layer_of_ones_own_is_taken(tmp_path: Path, layer: str) -> None:
    shop = make_shop(tmp_path, totals=TOTALS.replace('"marts"', f'"{layer}"'))
    assert shop.project.compile(AS_OF).models["totals"].declaration.layer == layer
