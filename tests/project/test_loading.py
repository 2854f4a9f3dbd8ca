"""The listed models are the built ones: every file of a package is imported, even without an __init__.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.errors import CompileError
from marketing_ibis.project.loading import import_packages
from tests.quick_edits import edits_of_one_second
from tests.shop import AS_OF, HEAD, SHOP, Shop, make_shop

MODEL = '''
@model(layer="marts", grain=("id",), columns=(column("id", "int64", "Key."),))
def doubles(stg_sales: ir.Table) -> ir.Table:
    """Each sale."""
    return stg_sales.select("id")
'''


def add(shop: Shop, file: str, text: str) -> None:
    (package,) = shop.project.packages()
    (package / file).parent.mkdir(parents=True, exist_ok=True)
    (package / file).write_text(HEAD + dedent(text))


def test_a_folder_needs_no_init_file(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    add(shop, "marts/monthly/doubles.py", MODEL)
    assert "doubles" in shop.project.nodes()
    assert "doubles" in shop.project.compile(AS_OF).models
    assert "doubles" in [step.name for step in shop.plan().steps()]


@pytest.mark.usefixtures("own_modules")
def test_an_edit_of_the_same_second_and_length_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "quickly_edited" / "models.py"
    file.parent.mkdir()
    for text in edits_of_one_second(file, "VALUE = 1", "VALUE = 2"):
        modules = import_packages(tmp_path, ["quickly_edited"])
        assert [f"VALUE = {module.VALUE}" for module in modules if hasattr(module, "VALUE")] == [text]
    # Of a file that has not just changed, bytecode is kept.
    os.utime(file, (0, 0))
    import_packages(tmp_path, ["quickly_edited"])
    assert list(file.parent.rglob("*.pyc"))
    assert not sys.dont_write_bytecode


@pytest.mark.usefixtures("own_modules")
def test_an_edit_of_the_package_around_one_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    inner = tmp_path / "around_one" / "inner" / "__init__.py"
    inner.parent.mkdir(parents=True)
    inner.write_text("from around_one import VALUE")
    for text in edits_of_one_second(tmp_path / "around_one" / "__init__.py", "VALUE = 1", "VALUE = 2"):
        module = import_packages(tmp_path, ["around_one.inner"])[-1]
        assert f"VALUE = {module.VALUE}" == text


def test_a_package_that_holds_another_is_imported_once(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    add(shop, "marts/doubles.py", MODEL)
    (package,) = shop.project.dataflows
    both = type(shop.project)(shop.root, dataflows=(package, f"{package}.marts"))
    assert set(both.compile(AS_OF).models) == {"stg_sales", "totals", "halves", "report", "doubles"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("doubles.v2.py", MODEL, id="dot in the file's name"),
        pytest.param("v1.2/doubles.py", MODEL, id="dot in the folder's name"),
        pytest.param("doubles.py", f"{MODEL}\ndel doubles", id="taken back"),
        pytest.param("doubles.py", f"model = lambda **_: lambda f: f\n{MODEL}", id="another decorator"),
    ],
)
def test_a_listed_model_that_importing_does_not_give_is_named(tmp_path: Path, file: str, text: str) -> None:
    shop = make_shop(tmp_path)
    add(shop, file, text)
    with pytest.raises(CompileError, match=rf"{file}:\d+: doubles is declared as a model, but importing"):
        shop.project.compile(AS_OF)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(MODEL.replace("@model", "marked = model\n@marked"), id="decorator of another name"),
        pytest.param("if True:" + MODEL.replace("\n", "\n    "), id="in a branch"),
        pytest.param(f"{MODEL}\ntriples = doubles", id="function of two names"),
    ],
)
def test_a_model_that_reading_does_not_show_is_named(tmp_path: Path, text: str) -> None:
    shop = make_shop(tmp_path)
    add(shop, "doubles.py", text)
    with pytest.raises(CompileError, match=r"\.doubles: (doubles|triples) is a model or source, but parsing"):
        shop.project.compile(AS_OF)


def test_a_file_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals=SHOP["totals"] + "\n        raise ValueError('no')\n")
    with pytest.raises(CompileError, match=r"\.totals cannot be imported: ValueError: no\."):
        shop.project.compile(AS_OF)
