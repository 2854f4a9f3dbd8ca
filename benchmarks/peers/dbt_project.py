"""Write the models as a project for dbt-core and dbt-duckdb."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.project import MODELS, SOURCES, DataTest, Model, Project, Table

PYTHON_MODEL = """\
from benchmarks.peers.python_rows import arrow_table, compute_rows

TYPES = {types}


def model(dbt, session):
    dbt.config(materialized="table")
    rows = compute_rows({module!r}, {name!r}, dbt.ref({input!r}).to_arrow_table(), {as_of!r})
    return arrow_table(rows, TYPES)
"""


def write(project: Project, folder: Path, database: Path, as_of: str, settings: dict[str, str], threads: int) -> None:
    """Write a project into a folder; its ``profiles.yml`` names the database."""
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    files: dict[Path, object] = {
        folder / "dbt_project.yml": {
            "name": "shop",
            "version": "1.0",
            "config-version": 2,
            "profile": "shop",
            "model-paths": ["models"],
            "flags": {"send_anonymous_usage_stats": False},
        },
        folder / "profiles.yml": {
            "shop": {
                "target": "dev",
                "outputs": {
                    "dev": {
                        "type": "duckdb",
                        "path": str(database),
                        "schema": MODELS,
                        "threads": threads,
                        "settings": settings,
                    }
                },
            }
        },
        models / "schema.yml": {
            "version": 2,
            "sources": [
                {"name": SOURCES, "schema": SOURCES, "tables": [tests(project, table) for table in project.sources()]}
            ],
            "models": [tests(project, Table(MODELS, name)) for name in project.models],
        },
    }
    for file, content in files.items():
        # JSON is YAML.
        file.write_text(json.dumps(content, indent=2), "utf-8")
    for model in project.models.values():
        write_model(model, models, as_of)


def write_model(model: Model, folder: Path, as_of: str) -> None:
    """Write the file of a model: SQL, or a Python model with a view of the rows that it receives."""
    if model.function is None:
        kind = "view" if model.is_view else "table"
        write_query(folder / f"{model.name}.sql", kind, model)
        return
    write_query(folder / f"{model.input_name}.sql", "view", model)
    module, name = model.function
    text = PYTHON_MODEL.format(types=dict(model.columns), module=module, name=name, input=model.input_name, as_of=as_of)
    (folder / f"{model.name}.py").write_text(text, "utf-8")


def write_query(file: Path, kind: str, model: Model) -> None:
    """Write a query as dbt's template."""
    file.write_text(f"{{{{ config(materialized={kind!r}) }}}}\n{model.with_names(template)}\n", "utf-8")


def template(table: Table) -> str:
    """Return dbt's reference to a table."""
    if table.schema == SOURCES:
        return f"{{{{ source('{SOURCES}', '{table.name}') }}}}"
    return f"{{{{ ref('{table.name}') }}}}"


def tests(project: Project, table: Table) -> dict[str, object]:
    """Return the entry of a table in ``schema.yml``: its columns with their data tests."""
    columns: dict[str, list[object]] = {}
    for test in project.tests_of(table):
        columns.setdefault(test.column, []).append(entry(test))
    return {"name": table.name, "columns": [{"name": name, "data_tests": all} for name, all in columns.items()]}


def entry(test: DataTest) -> dict[str, object]:
    """Return a data test as ``schema.yml`` has it."""
    arguments: dict[str, object] = {}
    if test.parent is not None:
        arguments = {"to": template(test.parent).strip("{} "), "field": test.field}
    elif test.values:
        arguments = {"values": list(test.values), "quote": isinstance(test.values[0], str)}
    severity = "error" if test.is_error else "warn"
    return {test.kind: {**({"arguments": arguments} if arguments else {}), "config": {"severity": severity}}}
