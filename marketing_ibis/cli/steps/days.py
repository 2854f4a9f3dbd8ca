"""Warn when tables that are read, or tested, are as of a different date than the requested one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import RunFailed

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.engines.target import Target
    from marketing_ibis.project.static_parsing import Node

MOST_NAMES = 3


def warn_of_other_days(
    log: Log, plan: Plan, views: Mapping[str, tuple[str, ...]], dated: Collection[str], target: Target
) -> None:
    """Warn when models that the plan reads but does not build are as of a different date.

    ``views`` are those of the project, with what each reads; the rows of ``dated`` nodes depend on as_of.
    """
    if not plan.published_parents:
        return
    as_of = plan.as_of
    dependents = {relation.name: children for relation, children in plan.published_parents.items()}
    shown_models = {name: set(tables_behind(views, name)) for name in dependents}
    shown_dated = sorted(set().union(*shown_models.values()).intersection(dated))
    other_days = days_other_than(as_of, shown_dated, target, plan.schemas.models)
    if not other_days:
        return
    children = sorted(
        {child for name in dependents if shown_models[name] & other_days.keys() for child in dependents[name]}
    )
    selector = f"+{children[0]}" if len(children) == 1 else f'"{" ".join(f"+{child}" for child in children)}"'
    days, pronoun = sorted(set(other_days.values())), "it" if len(other_days) == 1 else "them"
    or_day = f", or --as-of {days[0]}" if len(days) == 1 else ""
    text = f"{describe_days(other_days)}; this run is as of {as_of}: build {pronoun} too with -s {selector}{or_day}."
    log.warn(text)


def view_parents(nodes: Mapping[str, Node]) -> Mapping[str, tuple[str, ...]]:
    """Return what each view of a project reads."""
    return {name: node.parents for name, node in nodes.items() if node.kind == "model" and node.materialized == "view"}


def tables_behind(views: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Return ``name``, and for one of ``views`` also the tables, views and sources that it shows."""
    tables, queue = dict.fromkeys((name,)), [name]
    while queue:
        parents = views.get(queue.pop(), ())
        queue += [parent for parent in parents if parent not in tables]
        tables |= dict.fromkeys(parents)
    return tuple(tables)


def hint_at_other_days(session: Session, names: Iterable[str], target: Target) -> str:
    """Return what to do about tests that failed as of a day other than that of the tables; "" when it is the same."""
    other_days = days_other_than(session.as_of, dated_nodes(session.nodes, names), target, session.schemas.models)
    days = sorted(set(other_days.values()))
    if not days:
        return ""
    step = f"add --as-of {days[0]}" if len(days) == 1 else "build them as of one day first"
    return f"{describe_days(other_days)}, and the tests ran as of {session.as_of}: {step}."


def days_other_than(as_of: date, dated: Sequence[str], target: Target, schema: str) -> dict[str, date]:
    """Return those of ``dated``, whose rows depend on the day, that are as of a different one, with theirs."""
    from marketing_ibis.build.metrics import published_days

    days = target.attempt("days", lambda: published_days(target, schema)) if dated else {}
    return {name: days[name] for name in dated if days.get(name, as_of) != as_of}


def dated_nodes(nodes: Mapping[str, Node], names: Iterable[str]) -> list[str]:
    """Return those of ``names`` whose rows depend on the day of the build."""
    from marketing_ibis.graph import descendants
    from marketing_ibis.project.static_parsing import graph_of

    day_dependent = {name for name, node in nodes.items() if "as_of" in node.inputs}
    dated = day_dependent | descendants(graph_of(nodes), day_dependent)
    return [name for name in sorted(names) if name in dated]


def describe_days(days: Mapping[str, date]) -> str:
    """Return which models are as of which day."""
    names_by_day: dict[date, list[str]] = {}
    for name, day in days.items():
        names_by_day.setdefault(day, []).append(name)
    parts = []
    for day, names in sorted(names_by_day.items()):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        verb = "is" if len(names) == 1 else "are"
        parts.append(f"{', '.join(names[:MOST_NAMES])}{more} {verb} as of {day}")
    return ", ".join(parts)


def newest_complete_day(session: Session, names: Iterable[str], target: Target) -> tuple[str, date | None]:
    """Return the source among ``names`` with the newest day, and that day; ("", None) where none is known.

    Only sources that declare how fresh they must be are asked. The current day is not over yet, so that it does not
    count.
    """
    from marketing_ibis.build.freshness import declared_sources, newest_select
    from marketing_ibis.build.planning import published_relations
    from marketing_ibis.engines.target import existing_kinds

    project = session.project
    relations = published_relations(session.declarations, session.schemas)
    last = project.today() - timedelta(1)
    newest: tuple[str, date | None] = ("", None)
    for source in declared_sources(session.declarations, names):
        relation = relations[source.name]
        if not existing_kinds(target, (relation,)):
            continue
        select = target.dialect.resolve(newest_select(source, target.dialect, last), {source.name: relation})
        try:
            ((value,),) = target.query(select)
        except RunFailed as error:
            # Who may read the models need not be allowed to read the sources.
            session.log.emit("note", f"The newest day of {relation} is unknown: {error.message}", err=True)
            continue
        day = _day(value, project.time_zone)
        if day and (newest[1] is None or day > newest[1]):
            newest = (str(relation), day)
    return newest


def _day(value: object, zone: str) -> date | None:
    if isinstance(value, datetime):
        from zoneinfo import ZoneInfo  # help does without

        return (value.astimezone(ZoneInfo(zone)) if value.tzinfo else value).date()
    return value if isinstance(value, date) else None


def stale_tables_warning(as_of: date | None, newest: date | None) -> str:
    """Return a warning that tables as of ``as_of`` lack days that the sources have; "" where they do not."""
    if as_of is None or newest is None or as_of >= newest:
        return ""
    return (
        f"The tables are as of {as_of}, and the sources have data up to {newest}: build them again for newer numbers."
    )
