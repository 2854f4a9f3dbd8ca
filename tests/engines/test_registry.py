"""An engine is its folder and its record: no other part of the package names an engine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

from marketing_ibis.engines import DEFAULT, ENGINES
from tests.test_architecture import MODULES, PACKAGE, RETIRED, imported_modules

FOLDERS = sorted(path.parent.name for path in (PACKAGE / "engines").glob("*/engine.py"))
SAME_FILES = {"__init__.py", "engine.py", "keys.py", "dialect.py", "target.py", "catalog.py"}
NAMES = re.compile(
    rf"\b({'|'.join({word.lower() for e in ENGINES.values() for word in (e.name, e.title)})})\b", re.IGNORECASE
)
ELSEWHERE = {
    module: path
    for module, path in MODULES.items()
    if module not in {"engines", *RETIRED} and not module.startswith(tuple(f"engines.{name}" for name in FOLDERS))
}


def test_every_folder_of_an_engine_is_registered() -> None:
    assert list(ENGINES) == FOLDERS
    assert ENGINES[DEFAULT.name] is DEFAULT
    for name, engine in ENGINES.items():
        assert engine.name == name
        assert {path.name for path in (PACKAGE / "engines" / name).iterdir()} >= SAME_FILES


def test_listing_the_engines_imports_no_driver_and_no_compiler() -> None:
    heavy = {"duckdb", "psycopg", "redshift_connector", "stamina", "ibis", "sqlglot", "pyarrow"}
    code = f"import sys, marketing_ibis.engines; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_no_other_module_names_an_engine() -> None:
    """Docstrings may, and so may the --help of options and examples, which are prose."""
    named = {
        module: found
        for module, path in ELSEWHERE.items()
        if (found := [text for text in strings(ast.parse(path.read_text("utf-8"))) if NAMES.search(text)])
    }
    assert not named, "what depends on the engine belongs in its record, marketing_ibis/engines/NAME/engine.py"


def test_of_an_engine_others_import_only_the_reader_of_files_and_the_temporary_database() -> None:
    of_engines = tuple(f"engines.{name}" for name in FOLDERS)
    found = {
        module: {n for n in imported_modules(path) if n.startswith(of_engines)} for module, path in ELSEWHERE.items()
    }
    # The package itself gives its dialect to Ibis.
    assert found.pop("") == {"engines.redshift.compiler"}
    exported = ("engines.duckdb.files", "engines.duckdb.scratch")
    assert all(name.startswith(exported) for names in found.values() for name in names), found


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield the literals of a file, except docstrings and --help."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.Expr(value=ast.Constant()) | ast.keyword(arg="help"):
                continue
            case ast.Call(func=ast.Name(id="examples")):
                continue
            case _:
                yield from strings(node)


def test_the_rule_finds_names_in_code_and_leaves_prose_alone() -> None:
    code = '''"""On duckdb."""
@option("--to", help="On Redshift.", epilog=examples("build -t redshift"))
def f(engine):
    """For duckdb."""
    return engine == "duckdb" or f"docs/postgres.md {engine}"
'''
    assert [text for text in strings(ast.parse(code)) if NAMES.search(text)] == ["duckdb", "docs/postgres.md "]
    assert "engines.duckdb.engine" in MODULES
