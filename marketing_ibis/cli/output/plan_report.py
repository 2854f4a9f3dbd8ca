"""Write what a plan changes as text for a terminal, as JSON or as Markdown for a pull request."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from marketing_ibis.build.plain_data import to_plain
from marketing_ibis.build.reasons import effects_of, list_names, reason_of
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.changes import Changes, ConsumerChange, ModelChange

WIDTH, KIND_WIDTH = 80, 11
KINDS = ("new", "changed", "removed")
"""What a report lists by itself; unchanged models are counted and named."""


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What a plan changes: ``target`` is where, ``connected`` whether that was compared with."""

    changes: Changes
    target: str
    as_of: date
    connected: bool

    @property
    def title(self) -> str:
        """What is planned."""
        return f"Plan for {self.target}, as of {self.as_of}"

    @property
    def summary(self) -> str:
        """How many models are new, changed, removed and unchanged."""
        kinds = [change.kind for change in self.changes.models]
        counts = [f"{kinds.count(kind):,} {kind}" for kind in (*KINDS, "unchanged") if kind in kinds]
        return f"{', '.join(counts) or 'No model is selected'}."

    @property
    def differing(self) -> tuple[ModelChange, ...]:
        """The models that have changed."""
        return tuple(change for change in self.changes.models if change.kind in KINDS)

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The names of the models that mean the same as before, as of the same day where it matters."""
        dated = {name for names in self.dated.values() for name in names}
        return tuple(c.name for c in self.changes.models if c.kind == "unchanged" and c.name not in dated)

    @property
    def dated(self) -> Mapping[date, list[str]]:
        """The unchanged models whose rows depend on as_of, by the different date that they are published for."""
        names: dict[date, list[str]] = {}
        for change in self.changes.models:
            is_moving = change.kind == "unchanged" and (change.moving or change.moving_rows != "same")
            if is_moving and change.published_as_of is not None:
                names.setdefault(change.published_as_of, []).append(change.name)
        return names

    @property
    def downstream(self) -> Mapping[str, Mapping[str, list[str]]]:
        """The columns of other published models that follow from each model, by model."""
        new = {change.name for change in self.changes.models if change.kind == "new"}
        following = {c.name: _by_model(ref for ref in c.downstream if ref[0] not in new) for c in self.differing}
        return {name: columns for name, columns in following.items() if columns}

    @property
    def note(self) -> str:
        """The limits of the report."""
        return "" if self.connected else "Nothing is compared: there is no connection, or no database yet."


def text_lines(report: PlanReport) -> Iterator[str]:
    """Yield the lines of a report, none wider than a terminal of 80 columns where names allow it."""
    yield from textwrap.wrap(f"{report.title}:", WIDTH)
    yield report.summary
    if report.note:
        yield from textwrap.wrap(report.note, WIDTH)
    downstream = report.downstream
    for change in report.differing:
        yield from _wrapped(f"{change.kind:<{KIND_WIDTH}}{change.name}: {reason_of(change)}")
        for phrase in (*effects_of(change), *_following(downstream.get(change.name, {}))):
            yield from _wrapped(f"{'':<{KIND_WIDTH}}- {phrase}", hanging=KIND_WIDTH + 2)
    for day, names in report.dated.items():
        yield from _wrapped(f"{'other day':<{KIND_WIDTH}}published as of {day}: {', '.join(names)}")
    if report.unchanged:
        yield from _wrapped(f"{'unchanged':<{KIND_WIDTH}}{', '.join(report.unchanged)}")
    for consumer in report.changes.consumers:
        yield from _wrapped(f"{'affects':<{KIND_WIDTH}}{_consumer(consumer)}")


def _wrapped(line: str, hanging: int = KIND_WIDTH) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=" " * hanging, break_long_words=False, break_on_hyphens=False)


def _following(columns: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield which columns of other models follow, in one phrase."""
    if columns:
        yield f"followed by {'; '.join(f'{name}: {list_names(names)}' for name, names in columns.items())}"


def _by_model(refs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for model, column in refs:
        columns.setdefault(model, []).append(column)
    return columns


def _consumer(consumer: ConsumerChange) -> str:
    owner = f" of {consumer.owner}" if consumer.owner else ""
    parts = [f"{name} ({plural('column', len(columns))})" for name, columns in _by_model(consumer.columns).items()]
    return f"{consumer.kind} {consumer.name}{owner}: {', '.join(parts)}"


def json_text(report: PlanReport) -> str:
    """Return a report as one JSON document, with every column by name."""
    document = {
        "target": report.target,
        "as_of": report.as_of.isoformat(),
        "connected": report.connected,
        "models": [to_plain(change) | {"reason": reason_of(change)} for change in report.changes.models],
        "consumers": [to_plain(consumer) for consumer in report.changes.consumers],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def markdown_lines(report: PlanReport) -> Iterator[str]:
    """Yield the lines of a report for a pull request: a table of models, then what follows from each."""
    yield from (f"### {report.title}", "", report.summary)
    if report.note:
        yield from ("", report.note)
    if report.differing:
        yield from ("", "| Model | Change | Why | What differs |", "|---|---|---|---|")
    for change in report.differing:
        effects = "<br>".join(map(_cell, effects_of(change)))
        yield f"| `{change.name}` | {change.kind} | {_cell(reason_of(change))} | {effects} |"
    if report.downstream:
        yield from ("", "#### Downstream columns", "")
    for model, following in report.downstream.items():
        parts = (f"`{name}` ({', '.join(columns)})" for name, columns in following.items())
        yield f"- `{model}` changes {_cell('; '.join(parts))}"
    if report.changes.consumers:
        yield from ("", "#### Exposures and campaign lists", "")
    for consumer in report.changes.consumers:
        yield f"- {_cell(_consumer(consumer))}"
    for day, models in report.dated.items():
        yield from ("", f"Published as of {day}, unchanged otherwise: {', '.join(f'`{name}`' for name in models)}")
    if report.unchanged:
        names = ", ".join(f"`{name}`" for name in report.unchanged)
        summary = f"<summary>{plural('unchanged model', len(report.unchanged))}</summary>"
        yield from ("", f"<details>{summary}", "", names, "", "</details>")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
