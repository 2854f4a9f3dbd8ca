"""What an alert says, and how each kind of notifier writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from email.message import EmailMessage
from typing import Any

from marketing_ibis.plurals import plural
from marketing_ibis.project.notifier_settings import AlertKind

MOST_LINES = 20
VERSION = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``subject`` is a model, source or column; ``count`` counts ``unit``."""

    kind: AlertKind
    subject: str
    problem: str
    test: str = ""
    count: int | None = None
    unit: str = "row"
    owner: str = ""

    @property
    def text(self) -> str:
        """The finding on one line."""
        count = f": {plural(self.unit, self.count)}" if self.count is not None else ""
        test = f" {self.test}" if self.test else ""
        owner = f" Owner: {self.owner}." if self.owner else ""
        return f"{self.subject}: {self.problem}{test}{count}.{owner}"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a command has to say about itself: it ``failed``, or finished with warnings."""

    project: str
    command: str
    target: str
    failed: bool
    exit_code: int
    findings: tuple[Finding, ...]
    as_of: date | None = None
    link: str = ""

    def only(self, kinds: Iterable[AlertKind]) -> Alert:
        """Return the alert with the findings of some kinds."""
        chosen = frozenset(kinds)
        return replace(self, findings=tuple(each for each in self.findings if each.kind in chosen))

    @property
    def headline(self) -> str:
        """The alert in one sentence."""
        day = f" as of {self.as_of}" if self.as_of else ""
        outcome = "failed" if self.failed else "finished with warnings"
        return f"{self.project}: {self.command} on {self.target}{day} {outcome}."

    @property
    def text(self) -> str:
        """The alert as lines."""
        lines = [self.headline, *(f"- {each.text}" for each in self.findings[:MOST_LINES])]
        if len(self.findings) > MOST_LINES:
            lines.append(f"- {len(self.findings) - MOST_LINES:,} more.")
        return "\n".join([*lines, *([self.link] if self.link else ())])


def slack_message(alert: Alert) -> dict[str, Any]:
    """Return the alert as Slack's incoming webhooks take it, in which three characters are escaped."""
    text = alert.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": text}


def webhook_message(alert: Alert) -> dict[str, Any]:
    """Return the alert as data."""
    return {
        "version": VERSION,
        "headline": alert.headline,
        **asdict(alert),
        "as_of": alert.as_of.isoformat() if alert.as_of else None,
        "findings": [asdict(each) | {"text": each.text} for each in alert.findings],
    }


def email_message(alert: Alert, sender: str, recipients: Iterable[str]) -> EmailMessage:
    """Return the alert as an e-mail.

    Raises:
        ValueError: an address contains a line break.
    """
    message = EmailMessage()
    message["Subject"] = alert.headline.rstrip(".")
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message.set_content(f"{alert.text}\n")
    return message
