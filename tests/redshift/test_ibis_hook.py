"""`ibis.to_sql` knows the dialect without anything of this project being imported first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
