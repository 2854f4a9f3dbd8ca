"""Export an audience: its list, or what changed since the last one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import ConfigurationError, SourceError, UsageError, nearest
from marketing_ibis.graph import ancestors
from marketing_ibis.plurals import plural
from marketing_ibis.project.audiences import AudienceSize, DeclaredAudience
from marketing_ibis.project.project_key import project_key

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model import Model
    from marketing_ibis.outputs.audiences.exporting import AudienceResult
    from marketing_ibis.outputs.audiences.members import AudienceQuery
    from marketing_ibis.outputs.audiences.sizes import LastExport

EXPIRY_WARNING_DAYS = 14
GROWTH, SHRINKAGE = 2, 0.5
"""A list that is more than so many times its last size, or less than this share of it, is unusual."""


@dataclass(frozen=True, slots=True)
class AudienceJob:
    """An audience that is to be written to a file."""

    session: Session
    declared: DeclaredAudience
    place: str
    since_last: bool
    include_pii: bool
    results: bool = False


def export_audience(job: AudienceJob) -> AudienceJob:
    """Write the list of an audience, record it as published and report its size.

    Raises:
        UsageError: an option or the file is wrong.
        ConfigurationError: the declaration of the audience, its columns or the key are.
        RunFailed: nothing may be exported.
    """
    from marketing_ibis.outputs.audiences import exporting
    from marketing_ibis.outputs.formats import check_path

    session, audience = job.session, job.declared.audience
    path = Path(job.place)
    check_path(path)
    if job.results:
        export_results(job, path)
        return job
    key = b""
    if audience.holdout:
        purpose = f"The audience {job.declared.name} has a hold-out, which is chosen by"
        key = project_key(purpose, "with another key customers change sides")
    with session.destination.open_existing() as target:
        export = exporting.AudienceExport(
            _query(job, target), path, job.since_last, session.as_of, session.project.model_schema, key
        )
        result = exporting.export_audience(export, target)
    _report(job, result, session.log)
    return job


def audience_sizes(session: Session, target: Target) -> tuple[AudienceSize, ...]:
    """Return the size of each audience of the project today; why it cannot be said for those whose is unknown.

    Raises:
        UsageError: something else has the name of the table of exports.
    """
    audiences = session.project.audiences()
    if not audiences:
        return ()
    from marketing_ibis.outputs.audiences.sizes import last_exports

    exports = last_exports(session.project.model_schema, target)
    return tuple(_size(session, target, declared, exports.get(name)) for name, declared in sorted(audiences.items()))


def _size(session: Session, target: Target, declared: DeclaredAudience, last: LastExport | None) -> AudienceSize:
    from marketing_ibis.outputs.audiences.destinations import form_of
    from marketing_ibis.outputs.audiences.members import AudienceQuery, read_audience_condition
    from marketing_ibis.outputs.audiences.sizes import read_size

    audience, models = declared.audience, session.declarations.models
    absent = [name for name in (audience.model, audience.contacts) if name not in models]
    if absent:
        return AudienceSize(declared, problem=f"{absent[0]} needs a source that the settings do not list")
    model, contacts = models[audience.model], models[audience.contacts]
    try:
        condition = read_audience_condition(declared, model, target)
        form = form_of(audience.destination, is_clear=True)
        query = AudienceQuery(declared, model, contacts, condition, form, is_clear=True)
        return read_size(query, session.project.model_schema, target, last)
    except (ConfigurationError, SourceError) as error:
        return AudienceSize(declared, problem=error.message)


def export_results(job: AudienceJob, path: Path) -> None:
    """Write customers, buyers and revenue of each arm to a file, and report the difference."""
    from marketing_ibis.engines.dialect import Relation
    from marketing_ibis.outputs.audiences.members import read_audience_condition
    from marketing_ibis.outputs.audiences.published_lists import PublishedList
    from marketing_ibis.outputs.audiences.results import compare_arms, read_results, select_results, write_results
    from marketing_ibis.outputs.export import check_published, plan_export

    session, audience, name = job.session, job.declared.audience, job.declared.name
    models = [each for each, node in session.nodes.items() if node.kind == "model"]
    if audience.orders not in models:
        raise ConfigurationError(
            f"orders= of {name} is {audience.orders}, which is not a model.", hint=nearest(audience.orders, models)
        )
    model = session.project.compile(session.as_of, [audience.orders]).models[audience.orders]
    with session.destination.open_to_read() as target:
        published = PublishedList(name, session.project.model_schema, target.dialect)
        if published.last_export(target) is None:
            raise UsageError(f"The audience {name} was never exported.", hint=f"Export it: export {name} --to FILE.")
        condition = read_audience_condition(job.declared, model, target, "order_condition")
        all_columns = plan_export(model, session.project.model_schema, target.dialect, where=None, include_pii=True)
        check_published(all_columns, target)
        orders = Relation(session.project.model_schema, audience.orders)
        select = select_results(published, orders, audience.key, condition)
        results = read_results(target, select, audience.orders)
    write_results(path, name, results)
    lift = compare_arms(results)
    if lift is None:
        text = "Too little data to compare the arms: each needs 100 customers and 10 buyers."
    else:
        text = (
            f"{100 * lift.difference:+.1f} percentage points more buyers than in the hold-out"
            f" (95% interval {100 * lift.low:+.1f} to {100 * lift.high:+.1f})."
        )
    session.log.emit("audience_results", f"Wrote the results of {name} to {path}. {text}", closing=True, audience=name)


def _query(job: AudienceJob, target: Target) -> AudienceQuery:
    from marketing_ibis.outputs.audiences.destinations import form_of
    from marketing_ibis.outputs.audiences.members import AudienceQuery, check_columns, read_audience_condition

    session, audience = job.session, job.declared.audience
    form = form_of(audience.destination, is_clear=job.include_pii)
    behind = sorted(ancestors(session.graph, [audience.contacts]))
    models = session.project.compile(session.as_of, [audience.model, audience.contacts]).models
    _check_views(job, [models[name] for name in (audience.contacts, *behind) if name in models])
    condition = read_audience_condition(job.declared, models[audience.model], target)
    query = AudienceQuery(
        job.declared, models[audience.model], models[audience.contacts], condition, form, job.include_pii
    )
    check_columns(
        query, [name for name in behind if session.nodes[name].replaced_path or session.nodes[name].kind == "source"]
    )
    return query


def _check_views(job: AudienceJob, models: Iterable[Model]) -> None:
    """Stop at a table between the source and the audience: it would have the consent of its build."""
    for model in models:
        name = model.name
        if model.declaration.materialized != "view":
            raise ConfigurationError(
                f"The audience {job.declared.name} reads consent from {job.declared.audience.contacts}, and {name} is a"
                " table: consent that was withdrawn since its build would still count.",
                hint=f'Set materialized="view" for {name}, or name a view in contacts=.',
            )


def _report(job: AudienceJob, result: AudienceResult, log: Log) -> None:
    record, audience, name = result.record, job.declared.audience, job.declared.name
    places = " and ".join(map(str, result.paths))
    counts = f"{plural('customer', record.members)} on the list"
    if job.since_last:
        counts += f": {record.added:,} added, {record.changed:,} changed, {record.removed:,} removed"
    held_out = f"; {record.held_out:,} held out" if audience.holdout else ""
    log.emit(
        "audience_exported",
        f"Wrote {name} to {places}: {counts}{held_out}.",
        closing=True,
        audience=name,
        places=[str(path) for path in result.paths],
        members=record.members,
        held_out=record.held_out,
        added=record.added,
        changed=record.changed,
        removed=record.removed,
        unreachable=result.unreachable,
    )
    if len(result.paths) > 1:
        log.emit("note", f"Upload {result.paths[0].name} first, to remove its rows.", err=True)
    if result.unreachable:
        log.emit(
            "note",
            f"Skipped {plural('customer', result.unreachable)} who agreed, as no usable e-mail address or phone number"
            " is known. Phone numbers need the country's code, as in +49 30 123456.",
            err=True,
        )
    _warn(job, result, log)


def _warn(job: AudienceJob, result: AudienceResult, log: Log) -> None:
    audience, name, members = job.declared.audience, job.declared.name, result.record.members
    if result.is_expired:
        log.warn(f"{name} expired on {audience.expires}: everyone was removed.")
        return
    if audience.expires_on:
        days = (audience.expires_on - job.session.as_of).days
        if days <= EXPIRY_WARNING_DAYS:
            log.warn(f"{name} expires on {audience.expires}; then the list is empty. Set a later day in expires=.")
    if result.is_too_small:
        log.warn(f"{name} is below min_size={audience.min_size:,}: customers were removed, and none were added.")
    last = result.earlier.members if result.earlier else 0
    if last and (members > GROWTH * last or members < SHRINKAGE * last):
        verb = "grew" if members > last else "shrank"
        log.warn(f"{name} {verb} from {last:,} to {plural('customer', members)} since the last export.")


def check_options(where: str | None, iam_role: str | None, place: str, *, order_by: str | None = None) -> None:
    """Refuse options that an audience does not have.

    Raises:
        UsageError: naming the option.
    """
    if where is not None:
        raise UsageError(
            "--where is for models: who is on an audience is declared.",
            hint="Change condition= in its audience(...), or export its model.",
        )
    if order_by is not None:
        raise UsageError("--order-by is for models: a list for an advertising or mailing system has no order.")
    if iam_role or place.startswith("s3://"):
        raise UsageError("An audience is written to a file of this machine.", hint="Pass a local file with --to.")
