"""`ibis.to_sql` knows the dialect without anything of this project being imported first."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.paths import ROOT

HOOK = (ROOT / "marketing_ibis.pth").read_text("utf-8")
ASK = """
t = ibis.table({"a": "int64", "day": "date"}, name="t")
print(ibis.to_sql(t.filter(t.day == ibis.date("2024-02-29")), dialect="redshift"))
try:
    ibis.to_sql(t, dialect="nosuch")
except ValueError as error:
    print(error)
"""


def answer(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_line_that_python_reads_at_start_is_enough() -> None:
    told = answer(f"{HOOK}\nimport ibis\n{ASK}")
    assert "CAST('2024-02-29' AS DATE)" in told
    assert "Unknown dialect nosuch" in told


def test_it_comes_too_late_for_no_one() -> None:
    told = answer(f"import ibis, ibis.backends.sql.compilers\n{HOOK}\n{ASK}")
    assert "CAST('2024-02-29' AS DATE)" in told


def test_it_imports_nothing_heavy() -> None:
    assert answer(f"{HOOK}\nimport sys; print('ibis' in sys.modules)") == "False\n"


LAZY = (
    "import sys, marketing_ibis.engines as d; d.ENGINES['duckdb'].dialect()\nimport ibis.backends.sql.compilers as sc\n"
)
LOADED = "print(sorted(n.rpartition('.')[2] for n in sys.modules if n.startswith(sc.__name__ + '.')))"


def test_a_command_loads_the_compiler_that_it_needs() -> None:
    assert answer(f"{LAZY}{LOADED}") == "['_compat', 'base', 'duckdb']\n"
    assert "'trino'" in answer(f"import sys, ibis.backends.sql.compilers as sc\n{LOADED}")
    # Whoever had all of them before keeps them.
    assert "'trino'" in answer(f"import ibis.backends.sql.compilers\n{LAZY}{LOADED}")


def test_every_compiler_is_found_when_it_is_asked_for() -> None:
    spec = find_spec("ibis.backends.sql.compilers")
    assert spec is not None
    assert spec.origin is not None
    body = ast.parse(Path(spec.origin).read_text("utf-8")).body
    imports = [node for node in body if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    # Ibis' module does nothing but import them; otherwise what else it does would be missing.
    assert len(body) == len(imports) + 2
    classes = [alias.name for node in imports for alias in node.names]
    assert len(classes) >= 20
    program = f"{LAZY}classes = {classes}\n" + "print([getattr(sc, name).__module__ for name in classes])"
    assert answer(program) == f"{[node.module for node in imports]}\n"
    modules = (
        f"from ibis.backends.sql.compilers import MSSQLCompiler, base, pyspark\n{LAZY}print(sc.flink.compiler.dialect)"
    )
    assert "Flink" in answer(f"import marketing_ibis.engines\n{modules}")


def test_no_other_name_is_found_lazily() -> None:
    names = ["nosuch", "NoSuchCompiler", "__all__", "_private", "Duckdb", "Compiler", ""]
    assert answer(f"{LAZY}print([name for name in {names} if hasattr(sc, name)])") == "[]\n"


def test_dialects_are_known_lazily() -> None:
    told = answer(f"import ibis\n{LAZY}{ASK}\nprint(ibis.to_sql(t, dialect='bigquery'))")
    assert "CAST('2024-02-29' AS DATE)" in told
    assert "Unknown dialect nosuch" in told
    assert "FROM `t`" in told
