"""Make OpenLineage events of a run and of its models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    documentation_dataset,
    documentation_job,
    error_message_run,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    parent_run,
    processing_engine_run,
    schema_dataset,
    sql_job,
)
from openlineage.client.facet_v2 import set_producer as set_facet_producer
from openlineage.client.uuid import generate_new_uuid

from marketing_ibis import __version__
from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.engines.base import Places
from marketing_ibis.lineage.expression import origins_of
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

if TYPE_CHECKING:
    import ibis

PRODUCER = f"urn:marketing-ibis:{__version__}"
INTEGRATION = "MARKETING_IBIS"

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]


class RunEvents:
    """The events of one run. Each model is a run of its own, whose parent is that of the command."""

    def __init__(
        self,
        dataflow: Dataflow,
        plan: Plan,
        places: Places,
        namespace: str,
        project: str,
        command: str,
        as_of: date,
    ) -> None:
        set_facet_producer(PRODUCER)
        self.dataflow = dataflow
        self.plan = plan
        self.places = places
        self.namespace = namespace
        self.project = project
        self.name = f"{project}.{command}"
        self.as_of = as_of
        self.id = str(generate_new_uuid())
        self.ids = {step.name: str(generate_new_uuid()) for step in plan.steps()}
        self.columns: dict[str, Any] = {}

    def run(self, state: State, message: str = "") -> RunEvent:
        """Return an event of the whole run."""
        facets = self._run_facets(message)
        job = Job(self.namespace, self.name, facets={"jobType": self._job_type("JOB")})
        return self._event(state, Run(self.id, facets=facets), job)

    def model(self, state: State, step: Step, *, rows: int | None = None, message: str = "") -> RunEvent:
        """Return an event of one model, with the tables it reads and the one it writes."""
        facets = self._run_facets(message) | {"parent": self._parent}
        description = self.dataflow.models[step.name].description
        job = Job(
            self.namespace,
            f"{self.project}.{step.relation}",
            facets={
                "jobType": self._job_type("MODEL"),
                "sql": sql_job.SQLJobFacet(query=step.select, dialect=self.plan.dialect.name),
                "documentation": documentation_job.DocumentationJobFacet(description=description),
            },
        )
        inputs = [self._input(parent) for parent in step.parents]
        return self._event(state, Run(self.ids[step.name], facets=facets), job, inputs, [self._output(step, rows)])

    def _event(
        self,
        state: State,
        run: Run,
        job: Job,
        inputs: list[InputDataset] | None = None,
        outputs: list[OutputDataset] | None = None,
    ) -> RunEvent:
        return RunEvent(
            eventTime=datetime.now(UTC).isoformat(),
            producer=PRODUCER,
            eventType=RunState(state),
            run=run,
            job=job,
            inputs=inputs or [],
            outputs=outputs or [],
        )

    @cached_property
    def _parent(self) -> Any:
        run, job = parent_run.Run(runId=self.id), parent_run.Job(namespace=self.namespace, name=self.name)
        return parent_run.ParentRunFacet(run=run, job=job)

    def _run_facets(self, message: str) -> dict[str, Any]:
        facets: dict[str, Any] = {
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(
                version=__version__, name="marketing_ibis"
            ),
            "nominalTime": nominal_time_run.NominalTimeRunFacet(nominalStartTime=f"{self.as_of}T00:00:00Z"),
        }
        if message:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message, programmingLanguage="SQL")
        return facets

    def _job_type(self, kind: str) -> Any:
        return job_type_job.JobTypeJobFacet(processingType="BATCH", integration=INTEGRATION, jobType=kind)

    def _input(self, parent: str) -> InputDataset:
        node = self.dataflow.nodes[parent]
        return InputDataset(*self.places.of(self.plan.published[parent]), facets=_dataset_facets(node.schema, node))

    def _output(self, step: Step, rows: int | None) -> OutputDataset:
        model = self.dataflow.models[step.name]
        statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
        return OutputDataset(
            *self.places.of(step.relation),
            facets=_dataset_facets(step.columns, model) | {"columnLineage": self._columns(step)},
            outputFacets={} if rows is None else {"outputStatistics": statistics(rowCount=rows)},
        )

    def _columns(self, step: Step) -> Any:
        """Return where a model's columns come from; what decides its rows is reported for the whole table."""
        if step.name not in self.columns:
            table = origins_of(self.dataflow.models[step.name].expression)
            fields = {
                name: column_lineage_dataset.Fields(
                    [
                        *self._fields(origins.values, "DIRECT", "IDENTITY" if origins.copies else None),
                        *self._fields(table.own_controls(name), "INDIRECT"),
                    ]
                )
                for name, origins in table.columns.items()
            }
            rows = self._fields(table.rows.controls, "INDIRECT")
            self.columns[step.name] = column_lineage_dataset.ColumnLineageDatasetFacet(fields, rows)
        return self.columns[step.name]

    def _fields(self, refs: Iterable[ColumnRef], kind: str, subtype: str | None = None) -> list[Any]:
        steps = [column_lineage_dataset.Transformation(kind, subtype)]
        return [
            column_lineage_dataset.InputField(*self.places.of(self.plan.published[ref.table]), ref.column, steps)
            for ref in sorted(refs)
        ]


def _dataset_facets(schema: ibis.Schema | Mapping[str, Any], node: Any) -> dict[str, Any]:
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=column.name, type=str(schema[column.name]), description=column.documentation
        )
        for column in node.declaration.contract.columns
    ]
    return {
        "schema": schema_dataset.SchemaDatasetFacet(fields=fields),
        "documentation": documentation_dataset.DocumentationDatasetFacet(description=node.description),
    }
