"""Run the code cells of a notebook without Jupyter, and keep what they show as Jupyter would."""

from __future__ import annotations

import ast
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

Output = dict[str, Any]
REPRESENTATIONS = {"_repr_html_": "text/html", "_repr_svg_": "image/svg+xml"}


def run_cells(notebook: dict[str, Any]) -> list[list[Output]]:
    """Return the outputs of each code cell, run one after the other in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [_run(source, names, number) for number, source in enumerate(sources, 1)]


def _run(source: str, names: dict[str, Any], number: int) -> list[Output]:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, f"cell {number}", "exec"), names)
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names) if last else None
    outputs: list[Output] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": _lines(printed.getvalue())})
    if value is not None:
        data = _representations(value)
        outputs.append({"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data})
    return outputs


def _representations(value: Any) -> dict[str, list[str]]:
    data = {"text/plain": _lines(repr(value))}
    for method, kind in REPRESENTATIONS.items():
        text = getattr(value, method, lambda: None)()
        if text is not None:
            data[kind] = _lines(text)
    return data


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook."""
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return notebook


def write_outputs(path: Path, outputs: list[list[Output]]) -> None:
    """Write the outputs of the code cells into a notebook."""
    notebook = read_notebook(path)
    for number, (cell, shown) in enumerate(zip(_code_cells(notebook), outputs, strict=True), 1):
        cell |= {"outputs": shown, "execution_count": number}
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def stored_outputs(notebook: dict[str, Any]) -> list[list[Output]]:
    """Return the outputs that a notebook has."""
    return [cell["outputs"] for cell in _code_cells(notebook)]


def _code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
