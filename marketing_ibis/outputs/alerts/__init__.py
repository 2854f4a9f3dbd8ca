"""Notify people of failures, warnings and drift: in a Slack-compatible channel, by a webhook or by e-mail.

An alert names models, data tests, owners and numbers of failures. It has no message of an engine and no value of a row,
which may be personal data. Whatever a server does, the command goes on, and waits a bounded time.
"""

from marketing_ibis.outputs.alerts.content import Alert, Finding
from marketing_ibis.outputs.alerts.sender import send_alert

__all__ = ["Alert", "Finding", "send_alert"]
