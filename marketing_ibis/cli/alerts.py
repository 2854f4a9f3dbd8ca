"""Collect the findings of a command with ``--notify``, and send them when the command ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.output.log import ALERTS_KEY
from marketing_ibis.errors import (
    CompileError,
    ConfigurationError,
    MarketingIbisError,
    ModelsExcluded,
    NothingChanged,
    SelectionError,
    SourceError,
    TargetUnavailable,
    UsageError,
    nearest,
)

# Sending imports ssl, smtplib and urllib, which a command without --notify does not need.
if TYPE_CHECKING:
    from marketing_ibis.outputs.alerts import Finding
    from marketing_ibis.project.notifier_settings import NotifierSettings
    from marketing_ibis.project.settings import ProjectSettings

PROBLEMS: tuple[tuple[type[MarketingIbisError], str], ...] = (
    (TargetUnavailable, "the database is not available"),
    (ConfigurationError, "the configuration is wrong"),
    (SourceError, "a source table is missing or has other columns"),
    (CompileError, "a model cannot be compiled"),
    (SelectionError, "nothing is selected"),
    (ModelsExcluded, "models were excluded, because their sources are too old"),
    (UsageError, "the call or the state of the database does not allow it"),
)
"""The words for an error in an alert: its own message may repeat a value of a row."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """The recipients and findings of a command's alert. It is empty for a command without ``--notify``."""

    names: tuple[str, ...] = ()
    notifiers: tuple[NotifierSettings, ...] = ()
    findings: tuple[Finding, ...] = ()
    project: str = ""
    target: str = ""
    as_of: date | None = None


def open_alerts(project: ProjectSettings, target: str) -> None:
    """Read the recipients of the alert from the settings of a project.

    Raises:
        UsageError: the settings have no notifier of such a name.
    """
    alerts = _current_alerts()
    for name in alerts.names:
        if name not in project.notify:
            hint = f"Write [tool.marketing_ibis.notify.{name}] in pyproject.toml."
            raise UsageError(
                f"--notify {name}: the settings have no notifier of this name.",
                hint=nearest(name, project.notify) if project.notify else hint,
            )
    if alerts.names:
        notifiers = tuple(project.notify[name] for name in alerts.names)
        _keep(replace(alerts, notifiers=notifiers, project=project.title, target=target))


def add_findings(as_of: date, *findings: Callable[[], Iterable[Finding]]) -> None:
    """Add findings as of a day to the alert; without ``--notify`` they are not computed."""
    alerts = _current_alerts()
    if alerts.notifiers:
        added = (finding for compute in findings for finding in compute())
        _keep(replace(alerts, findings=(*alerts.findings, *added), as_of=as_of))


def send_alerts(error: MarketingIbisError | None = None) -> dict[str, str]:
    """Send the alert of the command, if it has findings; return why it did not arrive, by notifier."""
    alerts = _current_alerts()
    if not alerts.notifiers or isinstance(error, NothingChanged):
        return {}
    from marketing_ibis.outputs.alerts import Alert, send_alert

    findings = (*_failures(error), *alerts.findings)
    exit_code = error.exit_code if error else 0
    command = click.get_current_context().invoked_subcommand or ""
    alert = Alert(alerts.project, command, alerts.target, error is not None, exit_code, findings, alerts.as_of)
    return dict(send_alert(alert, alerts.notifiers))


def _failures(error: MarketingIbisError | None) -> Iterator[Finding]:
    from marketing_ibis.outputs.alerts import Finding

    if error is None:
        return
    for failure in error.failures:
        if failure.kind == "test":
            test, count, owner = failure.name, failure.failures, failure.owner
            yield Finding("failure", failure.relation, "failed the data test", test, count, "failure", owner)
        else:
            problem = "is too old" if failure.kind == "source" else "was not built"
            yield Finding("failure", failure.name, problem, owner=failure.owner)
    if not error.failures:
        problem = next((text for kind, text in PROBLEMS if isinstance(error, kind)), "it was stopped by an error")
        yield Finding("failure", "The command", problem)


def _current_alerts() -> Alerts:
    context = click.get_current_context(silent=True)
    alerts: Alerts | None = context.meta.get(ALERTS_KEY) if context else None
    return alerts or Alerts()


def _keep(alerts: Alerts) -> None:
    click.get_current_context().meta[ALERTS_KEY] = alerts


def _start_alerts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        context.meta[ALERTS_KEY] = Alerts(tuple(dict.fromkeys(value)))


def notify_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--notify``."""
    option = click.option(
        "--notify",
        metavar="NAME",
        multiple=True,
        expose_value=False,
        callback=_start_alerts,
        help="Notify [tool.marketing_ibis.notify.NAME] of failures, warnings and drift.",
    )
    return option(command)
