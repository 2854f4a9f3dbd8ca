"""The rows of a model can be computed in Python: they are checked, tested and published with the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pyarrow as pa
import pytest

from marketing_ibis.build.python_rows import compute_table, rows_of_table
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.cli.destination import find_destination
from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.plain_rows import PlainRows
from marketing_ibis.errors import CompileError, ContractBroken, MarketingIbisError, RunFailed
from marketing_ibis.model import Column, column
from marketing_ibis.model.row_functions import check_rows
from marketing_ibis.project.row_functions import source_digest
from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop
from tests.shop import AS_OF

FUNCTIONS = """
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from {package}.words import WORD

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class ShareRules:
    digits: int = 2


def shares(rows: pa.Table, as_of: date, share_rules: ShareRules):
    total = sum(rows.column("cents").to_pylist())
    if total > 1_000_000:
        raise ValueError("too many cents")
    return [
        {{"id": id, "share": round(cents / total, share_rules.digits), "cents": Decimal(cents), "word": WORD % id,
         "day": as_of, "is_large": None if cents == 100 else cents > 100}}
        for id, cents in zip(rows.column("id").to_pylist(), rows.column("cents").to_pylist())
    ]
"""
MODEL = """
        from {package}.functions import ShareRules, shares

        COLUMNS = (
            column("id", "int64", "Key."), column("share", "float64", "Share."),
            column("cents", "decimal(9, 2)", "Price."),
            column("word", "string", "A word.", width=20), column("day", "date", "Day."),
            column("is_large", "boolean", "Whether it is large.", nullable=True),
        )

        @model(layer="marts", grain=("id",), columns=COLUMNS, rows=shares)
        def shared_sales(stg_sales: ir.Table, share_rules: ShareRules = ShareRules()) -> ir.Table:
            '''Each sale as a share of all.'''
            return stg_sales
        """
BELOW = """
        @model(layer="core", grain=("n",), columns=(column("n", "int64", "Shares."),))
        def shares_below(shared_sales: ir.Table) -> ir.Table:
            '''The number of shares.'''
            return shared_sales.agg(n=shared_sales.count())
        """
ROWS = [
    (1, 0.29, Decimal("100.00"), "it's \\ 1", AS_OF, None),
    (2, 0.71, Decimal("250.00"), "it's \\ 2", AS_OF, True),
]


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineShop]:
    folder = tmp_path_factory.mktemp(request.param)
    with engine_shop(request.param, folder) as made:
        package = made.shop.project.dataflows[0]
        files = {"functions": FUNCTIONS, "words": 'WORD = "it\'s \\\\ %d"\n'}
        for name, text in files.items():
            (folder / package / f"{name}.py").write_text(
                text.replace("{package}", package).replace("{{", "{").replace("}}", "}")
            )
        for name, text in {"shared_sales": MODEL, "shares_below": BELOW}.items():
            head = "import ibis\nimport ibis.expr.types as ir\nfrom marketing_ibis.model import column, model\n"
            (folder / package / f"{name}.py").write_text(head + dedent(text.replace("{package}", package)))
        yield made


def published(shop: EngineShop) -> list[tuple[object, ...]]:
    return shop.query("SELECT * FROM dbt_marketing.shared_sales ORDER BY id")


@pytest.mark.usefixtures("own_modules")
def test_python_rows_are_published_and_applied_and_refused(shop: EngineShop) -> None:
    shop.run("build")
    assert published(shop) == ROWS
    assert shop.query("SELECT n FROM dbt_marketing.shares_below") == [(2,)]
    shown = shop.run("show", "shared_sales", "--limit", "1", "--format", "json").output
    assert json.loads(shown)[0]["share"] == 0.29
    assert "shared_sales" not in changed_models(shop)

    # A plan is carried out by the function that it was made with, and by no other.
    path = str(shop.root / "plan.json")
    shop.run("plan", "--out", path)
    shop.run("apply", path, dated=False)
    assert published(shop) == ROWS
    shop.run("plan", "--out", path)
    words = shop.root / shop.shop.project.dataflows[0] / "words.py"
    before = words.read_text()
    words.write_text(before.replace("%d", "no %d"))
    try:
        refused = shop.run("apply", path, dated=False, code=2).output
        assert "functions:shares, or a library that it imports, has changed" in " ".join(refused.split())
        assert published(shop) == ROWS
    finally:
        words.write_text(before)

    # What the function raises is the failure of one model, and nothing is published.
    shop.query("UPDATE dbt_production.sales SET cents = cents * 10000 WHERE id = 2")
    failed = " ".join(shop.run("build", code=1).output.split())
    assert "functions:shares failed: ValueError: too many cents" in failed
    assert "functions.py:" in failed
    assert published(shop) == ROWS
    shop.query("UPDATE dbt_production.sales SET cents = cents / 10000 WHERE id = 2")
    shop.run("build")
    assert published(shop) == ROWS


def changed_models(shop: EngineShop) -> str:
    return shop.run("build", "--changed", "--dry-run").output


def test_the_script_says_that_no_sql_fills_the_table(shop: EngineShop) -> None:
    output = " ".join(shop.run("compile").output.split())
    assert "No SQL fills the table shared_sales: `build` computes the rows in Python." in output
    script = (shop.root / "target" / shop.engine / "build.sql").read_text()
    assert "-- marketing_ibis itself fills shared_sales: this script keeps the published rows" in script
    assert 'INSERT INTO "dbt_marketing"."shared_sales__candidate"' in script
    run = (shop.root / "target" / shop.engine / "run" / "shared_sales.sql").read_text()
    assert "functions:shares" in run
    assert "INSERT" not in run


def test_every_column_comes_from_every_column(shop: EngineShop) -> None:
    lineage = shop.run("lineage", "shared_sales.word", "--format", "text", dated=False).output
    assert {"stg_sales.id", "stg_sales.cents"} <= set(lineage.replace(",", " ").split())


@dataclass(frozen=True)
class Line:
    """A row as a record."""

    id: int
    share: float | None


def step(function: Callable[..., object]) -> PythonStep:
    module = function.__module__
    return PythonStep(f"{module}:{function.__name__}", source_digest(module), {}, {"id": "int64"})


def as_table(rows: pa.Table) -> pa.Table:
    return pa.table({"share": [0.5], "id": [1]})


def as_records(rows: pa.Table) -> list[Line]:
    return [Line(1, 0.5)]


def as_dictionaries(rows: pa.Table) -> tuple[dict[str, object], ...]:
    return ({"id": 1, "share": 0.5},)


def no_rows(rows: pa.Table) -> list[Line]:
    return []


def from_records(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    assert isinstance(rows, list)
    return [{"id": row["id"], "share": 0.5} for row in rows]


def from_a_list(rows: list[dict[str, object]]) -> pa.Table:
    return pa.table({"share": [0.5] * len(rows), "id": [row["id"] for row in rows]})


def not_rows(rows: pa.Table) -> int:
    return 1


def nothing(rows: pa.Table) -> None:
    return None


def without_share(rows: pa.Table) -> list[dict[str, object]]:
    return [{"id": 1}]


def with_more(rows: pa.Table) -> list[dict[str, object]]:
    return [{"id": 1, "share": 0.5, "more": 1}]


def words(rows: pa.Table) -> list[dict[str, object]]:
    return [{"id": "one", "share": 0.5}]


def infinite(rows: pa.Table) -> list[Line]:
    return [Line(1, float("inf")), Line(2, float("nan")), Line(3, 1.0)]


def missing(rows: pa.Table) -> list[Line]:
    return [Line(1, None), Line(2, 0.5)]


def with_values_as_keys(rows: pa.Table) -> list[dict[object, object]]:
    return [{"id": 1, "ann@example.com": 2, 3: 4}]


def with_many_columns(rows: pa.Table) -> list[dict[str, object]]:
    return [{"id": 1, "share": 0.5} | {f"c{number}": 1 for number in range(20)}]


def infinite_table(rows: pa.Table) -> pa.Table:
    return pa.table({"id": [1, 2, 3, 4], "share": [float("inf"), float("nan"), 1.0, None]})


def missing_table(rows: pa.Table) -> pa.Table:
    return pa.table({"id": [1, 2], "share": [None, 0.5]})


def leaving(rows: pa.Table) -> None:
    raise SystemExit(3)


def failing_after_a_row(rows: pa.Table) -> Iterator[dict[str, object]]:
    yield {"id": 1, "share": 0.5}
    raise KeyError("campaign")


class FailingRows:
    """What iterates over rows of its own, and fails."""

    def __iter__(self) -> Iterator[object]:
        raise OSError("the connection is closed")


def failing_rows(rows: pa.Table) -> FailingRows:
    return FailingRows()


def one_number(rows: pa.Table) -> object:
    import numpy as np

    return np.array(3)


def without_a_field(rows: pa.Table) -> list[Line]:
    return [object.__new__(Line)]


def repeated_columns(rows: pa.Table) -> pa.Table:
    return pa.Table.from_arrays([pa.array([1]), pa.array([1]), pa.array([0.5])], names=["id", "id", "share"])


def no_bytes(rows: pa.Table) -> bytes:
    return b""


COLUMNS = {"id": "int64", "share": "float64"}
RECEIVED = pa.table({"id": [1]})


def computed(function: Callable[..., object], *contract: Any) -> pa.Table:
    made = step(function)
    return compute_table(made, rows_of_table(made, RECEIVED), *contract)


@pytest.mark.parametrize("function", [as_table, as_records, as_dictionaries, from_records, from_a_list])
def test_a_function_returns_rows_in_any_form(function: Callable[..., object]) -> None:
    rows = computed(function, COLUMNS, ["share"])
    assert rows.to_pylist() == [{"id": 1, "share": 0.5}]
    assert rows.schema == pa.schema({"id": pa.int64(), "share": pa.float64()})


def test_a_function_may_return_no_rows() -> None:
    assert computed(no_rows, COLUMNS, ["share"]).num_rows == 0


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (not_rows, ContractBroken, "returned int, not rows."),
        (nothing, ContractBroken, "returned NoneType, not rows."),
        (without_share, ContractBroken, "share is missing"),
        (with_more, ContractBroken, "more is not declared"),
        (with_values_as_keys, ContractBroken, "share is missing; 2 other columns not declared."),
        (with_many_columns, ContractBroken, "c12 is not declared; 15 other columns not declared."),
        (words, ContractBroken, "Column id of the rows of"),
        (infinite, ContractBroken, "share is infinite or not a number in 2 rows"),
        (missing, ContractBroken, "share is None in 1 row, but is not declared as nullable"),
        (infinite_table, ContractBroken, "share is infinite or not a number in 2 rows"),
        (missing_table, ContractBroken, "share is None in 1 row, but is not declared as nullable"),
        (leaving, RunFailed, "failed: SystemExit: 3"),
        (failing_after_a_row, RunFailed, "failed: KeyError: 'campaign'"),
        (failing_rows, RunFailed, "failed: OSError: the connection is closed"),
        (one_number, RunFailed, "failed: TypeError: iteration over a 0-d array"),
        (without_a_field, RunFailed, "failed: AttributeError:"),
        (repeated_columns, ContractBroken, "columns of the same name: id."),
        (no_bytes, ContractBroken, "returned bytes, not rows."),
    ],
)
def test_other_rows_are_refused(function: Callable[..., object], error: type[MarketingIbisError], message: str) -> None:
    with pytest.raises(error, match=message.replace(".", r"\.")):
        computed(function, COLUMNS, ["share"])


def label(rows: pa.Table) -> list[dict[str, object]]:
    return [{"id": 1, "label": "schön"}]


def label_table(rows: pa.Table) -> pa.Table:
    return pa.table({"id": [1, 2], "label": ["schön", None]})


@pytest.mark.parametrize("function", [label, label_table])
def test_strings_are_not_longer_than_declared(function: Callable[..., object]) -> None:
    kinds = {"id": "int64", "label": "string"}
    assert computed(function, kinds, [], {"label": 6}).num_rows > 0
    with pytest.raises(ContractBroken, match="label has a string of 6 bytes, and its width is 5"):
        computed(function, kinds, [], {"label": 5})


VALUES = column("share", "float64", "Share.")


@pytest.mark.parametrize(
    ("rows", "columns", "kind", "message"),
    [
        ("shares", (VALUES,), "table", "rows= is 'shares', not a function."),
        (lambda rows: rows, (VALUES,), "table", "which cannot be imported by its name."),
        (as_table, (VALUES,), "view", "is materialized as view, but a Python function computes its rows"),
        (as_table, (VALUES,), "incremental", "is materialized as incremental"),
        (as_table, (column("day", "time", "Time."),), "table", "column day is time, which a Python function cannot"),
        (as_table, (column("word", "string", "Word."),), "table", "and has no width=."),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(
    rows: Callable[..., object], columns: tuple[Column, ...], kind: str, message: str
) -> None:
    with pytest.raises(CompileError) as raised:
        check_rows("model shares", rows, {c.name: c.type for c in columns}, {c.name: c.width for c in columns}, kind)  # type: ignore[arg-type]
    assert message in raised.value.message


def test_the_digest_covers_what_a_module_imports_of_its_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "digested"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("import json\nfrom digested.two import NUMBER\nfrom . import three\n")
    (package / "two.py").write_text("NUMBER = 1\n")
    (package / "three.py").write_text("def late():\n    import pyarrow\n")
    (package / "four.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    first = source_digest("digested.one")
    (package / "four.py").write_text("unread = 1\n")
    assert source_digest("digested.one") == first
    for file in ("two", "three", "one"):
        (package / f"{file}.py").write_text((package / f"{file}.py").read_text() + "# changed\n")
        assert source_digest("digested.one") != first
        first = source_digest("digested.one")


def test_values_of_every_type_reach_every_engine(shop: EngineShop) -> None:
    table = pa.table(
        {
            "place": pa.array([1, 2], pa.int32()),
            "big": [2**62, None],
            "number": [1e-300, -0.1],
            "money": pa.array([Decimal("-12345678901.25"), None], pa.decimal128(18, 2)),
            "word": ["it's; \"quoted\" \\ -- 'ä'\n", None],
            "day": [date(2024, 2, 29), None],
            "instant": pa.array([datetime(2024, 2, 29, 23, 59, 59), None], pa.timestamp("us")),
            "truth": [True, None],
        }
    )
    types = ("int32", "int64", "float64", "decimal(18, 2)", "string", "date", "timestamp", "boolean")
    options = TargetOptions(project_dir=shop.root, target=shop.engine, profiles_dir=shop.root)
    destination, relation = find_destination(shop.shop.project, options), Relation("dbt_production", "values_of_python")
    with destination.engine.open(destination.settings) as target:
        names = [target.dialect.identifier(name) for name in table.column_names]
        columns = ", ".join(
            f"{name} {target.dialect.column_type(type_name)}" for name, type_name in zip(names, types, strict=True)
        )
        target.execute(f"CREATE TABLE {target.dialect.relation(relation)} ({columns})")
        rows = [tuple(row.values()) for row in table.to_pylist()]
        for added in (table, PlainRows.of(dict(zip(table.column_names, types, strict=True)), rows)):
            target.append_rows(relation, added)
            read = target.query(f"SELECT {', '.join(names)} FROM {target.dialect.relation(relation)} ORDER BY 1")
            assert [tuple(row) for row in read] == rows
            target.execute(f"DELETE FROM {target.dialect.relation(relation)}")
