"""Build from a sample of the customers, copied to a schema of its own."""

from __future__ import annotations

from dataclasses import replace

from marketing_ibis.cli.steps.building import BuildOutcome
from marketing_ibis.cli.steps.planning import Build
from marketing_ibis.errors import UsageError

SUFFIX = "_sample"
"""Ends the name of the schema that a sample of the sources is copied to."""


def sample_sources(build: Build) -> Build:
    """Return the build reading a sample of the sources, with --sample.

    Raises:
        SourceError: a source table is missing.
        UsageError: the schema contains full tables, a source is in a schema of its own, or nothing says which source is
            that of the customers.
    """
    from marketing_ibis.build.sample import copy_sample, plan_sampling

    customers, session = build.sample, build.session
    if customers is None:
        return build
    project = session.project
    sample = f"{project.model_schema}{SUFFIX}"
    schemas = {"sources": project.source_schema, "models": project.model_schema, "sample": sample}
    for source in session.dataflow.sources.values():
        if source.declaration.schema:
            raise UsageError(
                f"--sample copies tables of {project.source_schema}, and {source.name} is in another schema,"
                f" {source.declaration.schema}.",
                hint="Build without --sample, or read a smaller copy of that schema.",
            )
    sampling = plan_sampling(session.dataflow, customers)
    if not build.run.dry_run:
        with session.destination.open_existing() as target:
            rows = copy_sample(
                session.dataflow, sampling, target, schemas, session.as_of, confirmed=build.replaces_full_tables
            )
        counts = ", ".join(f"{table} {count:,}" for table, count in rows.items())
        text = f"Sample of {customers:,} customers in schema {sample}: {counts} rows."
        session.log.emit("note", text, customers=customers, rows=dict(rows))
    project = replace(project, source_schema=sample)
    return replace(build, session=replace(session, project=project))


def note_sample(outcome: BuildOutcome) -> BuildOutcome:
    """Note in the warehouse that the published tables are those of a sample, and say so."""
    from marketing_ibis.build.metrics import sample_statements
    from marketing_ibis.build.records import record_apart

    build, plan = outcome.planned_build.build, outcome.planned_build.plan
    if build.sample is None or not outcome.results.published_models:
        return outcome
    schema, log = plan.schemas.models, build.session.log
    with build.session.destination.open() as target:
        statements = sample_statements(plan.dialect, schema, build.sample, build.session.as_of)
        record_apart(target, statements, lambda error: log.warn(f"The sample is not noted: {error.message}"))
    log.emit("note", f"The tables in schema {schema} are those of a sample of {build.sample:,} customers.")
    return outcome
