"""Write the models as a project for SQLMesh, in its own format."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.project import MODELS, DataTest, Model, Project

PYTHON_MODEL = """\
from sqlmesh import ExecutionContext, model

from benchmarks.peers.python_rows import arrow_table, compute_rows

TYPES = {types}


@model({table!r}, kind="FULL", columns=TYPES, depends_on=[{input!r}])
def execute(context: ExecutionContext, start, end, execution_time, **kwargs):
    query = f"SELECT * FROM {{context.resolve_table({input!r})}}"
    relation = context.engine_adapter.cursor.sql(query)
    rows = compute_rows({module!r}, {name!r}, relation.to_arrow_table(), {as_of!r})
    if rows:
        yield arrow_table(rows, TYPES).to_pandas()
"""


def write(
    project: Project, folder: Path, database: Path, as_of: str, settings: dict[str, str], is_tested: bool
) -> None:
    """Write a project into a folder; without tests it has no audits."""
    models, audits = folder / "models", folder / "audits"
    for each in (models, audits):
        each.mkdir(parents=True, exist_ok=True)
    connection = {"type": "duckdb", "database": str(database), "connector_config": settings}
    config = {
        "gateways": {"local": {"connection": connection}},
        "default_gateway": "local",
        "model_defaults": {"dialect": "duckdb", "start": "2010-01-01"},
        "disable_anonymized_analytics": True,
    }
    # JSON is YAML.
    (folder / "config.yaml").write_text(json.dumps(config, indent=2), "utf-8")
    tested = [test for test in project.tests if is_tested]
    for model in project.models.values():
        own = [test for test in tested if test.table.name == model.name and not is_standalone(project, test)]
        write_model(model, models, as_of, own)
    for number, test in enumerate(test for test in tested if is_standalone(project, test)):
        (audits / f"audit_{number}.sql").write_text(standalone(test, f"audit_{number}"), "utf-8")


def write_model(model: Model, folder: Path, as_of: str, tests: list[DataTest]) -> None:
    """Write the file of a model: SQL, or a Python model with a view of the rows that it receives."""
    if model.function is None:
        write_query(folder, model.name, "VIEW" if model.is_view else "FULL", model, tests)
        return
    write_query(folder, model.input_name, "VIEW", model, [])
    module, name = model.function
    text = PYTHON_MODEL.format(
        types=dict(model.columns),
        table=f"{MODELS}.{model.name}",
        input=f"{MODELS}.{model.input_name}",
        module=module,
        name=name,
        as_of=as_of,
    )
    (folder / f"{model.name}.py").write_text(text, "utf-8")


def write_query(folder: Path, name: str, kind: str, model: Model, tests: list[DataTest]) -> None:
    """Write a query as SQLMesh has it."""
    lines = ",\n    ".join(audit(test) for test in tests)
    audits = f",\n  audits (\n    {lines}\n  )" if tests else ""
    text = f"MODEL (\n  name {MODELS}.{name},\n  kind {kind}{audits}\n);\n\n{model.sql}\n"
    (folder / f"{name}.sql").write_text(text, "utf-8")


def is_standalone(project: Project, test: DataTest) -> bool:
    """Return whether a test is a node of its own: unless it reads nothing but a SQL model."""
    is_model = test.table.schema == MODELS
    return test.parent is not None or not is_model or project.models[test.table.name].function is not None


def audit(test: DataTest) -> str:
    """Return the call of one of SQLMesh's own audits."""
    blocking = "" if test.is_error else ", blocking := FALSE"
    if test.kind == "accepted_values":
        values = ", ".join(map(literal, test.values))
        return f"accepted_values(column := {test.column}, is_in := ({values}){blocking})"
    name = {"not_null": "not_null", "unique": "unique_values"}[test.kind]
    return f"{name}(columns := ({test.column}){blocking})"


def standalone(test: DataTest, name: str) -> str:
    """Return an audit that is a node of its own, with the query that dbt's test of the kind has."""
    blocking = "" if test.is_error else ",\n  blocking FALSE"
    return f"AUDIT (\n  name {name},\n  standalone TRUE{blocking}\n);\n\n{bad_rows(test)}\n"


def bad_rows(test: DataTest) -> str:
    """Return a query of the rows that a test does not accept."""
    table = f"{test.table.schema}.{test.table.name}"
    if test.parent is not None:
        parent = f"{test.parent.schema}.{test.parent.name}"
        return (
            f"SELECT child.{test.column} FROM {table} AS child\n"
            f"LEFT JOIN {parent} AS parent ON child.{test.column} = parent.{test.field}\n"
            f"WHERE child.{test.column} IS NOT NULL AND parent.{test.field} IS NULL"
        )
    if test.kind == "unique":
        return (
            f"SELECT {test.column} FROM {table} WHERE {test.column} IS NOT NULL"
            f" GROUP BY {test.column} HAVING COUNT(*) > 1"
        )
    if test.kind == "accepted_values":
        return f"SELECT {test.column} FROM {table} WHERE {test.column} NOT IN ({', '.join(map(literal, test.values))})"
    return f"SELECT {test.column} FROM {table} WHERE {test.column} IS NULL"


def literal(value: str | int) -> str:
    """Return a value as SQL has it."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
