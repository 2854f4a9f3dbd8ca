"""Collect what a command with ``--notify`` has to say, and send it when the command ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import click

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

ALERTS_KEY = "marketing_ibis.alerts"

PROBLEMS: tuple[tuple[type[MarketingIbisError], str], ...] = (
    (TargetUnavailable, "the database is not available"),
    (ConfigurationError, "the configuration is wrong"),
    (SourceError, "a source table is missing or has other columns"),
    (CompileError, "a model cannot be compiled"),
    (SelectionError, "nothing is selected"),
    (ModelsExcluded, "models were excluded, because their sources are too old"),
    (UsageError, "the call or the state of the database does not allow it"),
)
"""What an error is called in an alert: its own message may repeat a value of a row."""


@dataclass(slots=True)
class Alerts:
    """Whom a command notifies, and of what. It is empty for a command without ``--notify``."""

    names: tuple[str, ...] = ()
    notifiers: tuple[NotifierSettings, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    project: str = ""
    target: str = ""
    as_of: date | None = None

    def open(self, project: ProjectSettings, target: str) -> None:
        """Take up who is notified by the settings of a project.

        Raises:
            UsageError: the settings have no notifier of such a name.
        """
        for name in self.names:
            if name not in project.notify:
                hint = f"Write [tool.marketing_ibis.notify.{name}] in pyproject.toml."
                raise UsageError(
                    f"--notify {name}: the settings have no notifier of this name.",
                    hint=nearest(name, project.notify) if project.notify else hint,
                )
        self.notifiers = tuple(project.notify[name] for name in self.names)
        self.project, self.target = project.title, target

    def add(self, findings: Callable[[], Iterable[Finding]]) -> None:
        """Add what a command has to say; without ``--notify`` it is not computed."""
        if self.notifiers:
            self.findings.extend(findings())

    def send(self, error: MarketingIbisError | None = None) -> dict[str, str]:
        """Send the alert, if it has findings; return why it did not arrive, by notifier."""
        if not self.notifiers or isinstance(error, NothingChanged):
            return {}
        from marketing_ibis.outputs.alerts import Alert, send_alert

        findings = (*_failures(error), *self.findings)
        exit_code = error.exit_code if error else 0
        command = click.get_current_context().invoked_subcommand or ""
        alert = Alert(self.project, command, self.target, error is not None, exit_code, findings, self.as_of)
        return dict(send_alert(alert, self.notifiers))


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


def current_alerts() -> Alerts:
    """Return the alerts of the command that runs."""
    context = click.get_current_context(silent=True)
    alerts: Alerts | None = context.meta.get(ALERTS_KEY) if context else None
    return alerts or Alerts()


def _open_alerts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        context.meta[ALERTS_KEY] = Alerts(tuple(dict.fromkeys(value)))


def notify_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--notify``."""
    option = click.option(
        "--notify",
        metavar="NAME",
        multiple=True,
        expose_value=False,
        callback=_open_alerts,
        help="Notify [tool.marketing_ibis.notify.NAME] of failures, warnings and drift.",
    )
    return option(command)
