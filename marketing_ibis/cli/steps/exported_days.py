"""Say as of which day an exported model was built, and warn when its sources have newer days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.days import dated_nodes, describe_days, newest_complete_day, tables_behind, view_parents
from marketing_ibis.graph import ancestors
from marketing_ibis.project.static_parsing import Node

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target


@dataclass(frozen=True, slots=True)
class ExportedDays:
    """As of which day each table behind a model was built, and the newest complete day of its sources."""

    model: str
    build_days: Mapping[str, date]
    source: str = ""
    newest: date | None = None

    @property
    def as_of(self) -> str:
        """The day, or the days where tables of several are mixed; "" where none is known."""
        days = sorted(set(self.build_days.values()))
        return " and ".join(map(str, days))

    @property
    def ending(self) -> str:
        """What a sentence about the export ends in."""
        return f", as of {self.as_of}" if self.as_of else ""

    def warn(self, log: Log) -> None:
        """Warn when the tables are of several days, or when the sources have a newer one."""
        days = sorted(set(self.build_days.values()))
        if len(days) > 1:
            log.warn(f"{describe_days(self.build_days)}: build them as of one day with run -s +{self.model}.")
        if self.newest and days and days[0] < self.newest:
            log.warn(
                f"{self.model} is as of {days[0]}, and {self.source} has data up to {self.newest}: build it again with"
                f" run -s +{self.model} --as-of {self.newest}."
            )


def days_of_export(session: Session, model: str, target: Target) -> ExportedDays:
    """Return as of which day a model was built, as far as builds recorded it, and the newest day of its sources."""
    from marketing_ibis.build.metrics import published_days

    nodes = session.nodes
    if model not in nodes:
        # The rows of a history have their days.
        return ExportedDays(model, {})
    tables = [name for name in tables_behind(view_parents(nodes), model) if _is_dated(nodes[name])]
    dated_names = dated_nodes(nodes, tables)
    days = target.attempt("days", lambda: published_days(target, session.project.model_schema)) if dated_names else {}
    build_days = {name: days[name] for name in dated_names if name in days}
    if not build_days:
        return ExportedDays(model, build_days)
    source, newest = newest_complete_day(session, ancestors(session.graph, [model]), target)
    return ExportedDays(model, build_days, source, newest)


def _is_dated(node: Node) -> bool:
    """Return whether a model's rows are of the day on which it was built: a view shows what it reads as it is now."""
    return node.materialized != "view" or "as_of" in node.inputs
