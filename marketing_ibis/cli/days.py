"""Tell when what is read, or tested, stands as of another day than the one that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from marketing_ibis.cli.log import current_log
from marketing_ibis.discovery import Node, graph_of
from marketing_ibis.graph import ancestors

if TYPE_CHECKING:
    from marketing_ibis.compile import Dataflow
    from marketing_ibis.plan import Plan
    from marketing_ibis.project import Project
    from marketing_ibis.targets import Target

MOST_NAMES = 3


def warn_of_other_days(nodes: Mapping[str, Node], plan: Plan, target: Target, as_of: date) -> None:
    """Warn when models that the plan reads and does not build stand as of another day."""
    if not plan.standing:
        return
    readers = {relation.name: children for relation, children in plan.standing.items()}
    reached = {name: models_shown(nodes, name) for name in readers}
    others = days_other_than(as_of, set().union(*reached.values()), nodes, target, plan.schemas.models)
    if not others:
        return
    children = sorted({child for name in readers if reached[name] & others.keys() for child in readers[name]})
    selector = f"+{children[0]}" if len(children) == 1 else f'"{" ".join(f"+{child}" for child in children)}"'
    days, them = sorted(set(others.values())), "it" if len(others) == 1 else "them"
    or_day = f", or --as-of {days[0]}" if len(days) == 1 else ""
    text = f"{told_days(others)}; this run is as of {as_of}: build {them} too with -s {selector}{or_day}."
    current_log().warn(text)


def models_shown(nodes: Mapping[str, Node], name: str) -> set[str]:
    """Return a model with those that it shows, being a view."""
    if nodes[name].materialized != "view":
        return {name}
    parents = [parent for parent in nodes[name].parents if nodes[parent].kind == "model"]
    return {name}.union(*(models_shown(nodes, parent) for parent in parents))


def hint_at_other_days(
    nodes: Mapping[str, Node], tested: Iterable[str], target: Target, schema: str, as_of: date
) -> str:
    """Return what to do about tests that failed as of a day other than that of the tables; "" when it is the same."""
    others = days_other_than(as_of, tested, nodes, target, schema)
    days = sorted(set(others.values()))
    if not days:
        return ""
    step = f"add --as-of {days[0]}" if len(days) == 1 else "build them as of one day first"
    return f"{told_days(others)}, and the tests were asked as of {as_of}: {step}."


def days_other_than(
    as_of: date, names: Iterable[str], nodes: Mapping[str, Node], target: Target, schema: str
) -> dict[str, date]:
    """Return those of ``names`` whose rows depend on the day and that stand as of another one, with theirs."""
    from marketing_ibis.history import published_days

    dated = dated_nodes(nodes, names)
    days = target.attempt("days", lambda: published_days(target, schema)) if dated else {}
    return {name: days[name] for name in dated if days.get(name, as_of) != as_of}


def dated_nodes(nodes: Mapping[str, Node], names: Iterable[str]) -> list[str]:
    """Return those of ``names`` whose rows depend on the day of the build."""
    asking, graph = {name for name, node in nodes.items() if "as_of" in node.inputs}, graph_of(nodes)
    return [name for name in sorted(names) if asking & (ancestors(graph, [name]) | {name})]


def told_days(days: Mapping[str, date]) -> str:
    """Return which models stand as of which day."""
    of_day: dict[date, list[str]] = {}
    for name, day in days.items():
        of_day.setdefault(day, []).append(name)
    told = []
    for day, names in sorted(of_day.items()):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        verb = "stands" if len(names) == 1 else "stand"
        told.append(f"{', '.join(names[:MOST_NAMES])}{more} {verb} as of {day}")
    return ", ".join(told)


def newest_source_day(project: Project, dataflow: Dataflow, target: Target) -> date | None:
    """Return the newest day, up to today, of the sources that declare how fresh they must be; None without any."""
    from marketing_ibis.dialects import Relation
    from marketing_ibis.freshness import ask_freshness, declared_sources

    schema = project.source_schema
    existing = target.relations(schema)
    sources = [s for s in declared_sources(dataflow, dataflow.sources) if s.declaration.table in existing]
    relations = {source.name: Relation(schema, source.declaration.table) for source in sources}
    results = ask_freshness(sources, relations, target, project.today())
    return max((day_part(result.newest) for result in results if result.newest is not None), default=None)


def day_part(moment: date | datetime) -> date:
    """Return the day of a date or timestamp."""
    return moment.date() if isinstance(moment, datetime) else moment


def behind_sources(as_of: date | None, newest: date | None) -> str:
    """Return a warning that tables as of ``as_of`` lack days that the sources have; "" where they do not."""
    if as_of is None or newest is None or as_of >= newest:
        return ""
    return (
        f"The tables are as of {as_of}, and the sources have data up to {newest}: build them again for newer numbers."
    )
