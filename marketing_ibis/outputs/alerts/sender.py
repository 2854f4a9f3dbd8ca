"""Send an alert from threads of their own, within bounds."""

from __future__ import annotations

import json
import smtplib
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.outputs.alerts.content import Alert, email_message, slack_message, webhook_message
from marketing_ibis.project.notifier_settings import DEFAULT_PORTS, NotifierSettings

SECONDS_PER_RESPONSE = 5.0
SECONDS_IN_ALL = 10.0
"""For all notifiers together, which are called at the same time."""


def send_alert(
    alert: Alert, notifiers: Iterable[NotifierSettings], *, seconds: float = SECONDS_IN_ALL
) -> Mapping[str, str]:
    """Send an alert to each notifier that wants one of its findings; return why it did not arrive, by notifier.

    It returns after ``seconds`` at the latest. A reason shows no address and no answer of a server.
    """
    problems: dict[str, str] = {}
    started: list[tuple[str, threading.Thread]] = []
    for notifier in notifiers:
        selected = alert.only(notifier.on)
        if selected.findings:
            # A daemon: a server that never answers does not keep the process.
            work = partial(_try_to_send, selected, notifier, problems)
            thread = threading.Thread(target=work, name=f"alert-{notifier.name}", daemon=True)
            thread.start()
            started.append((notifier.name, thread))
    deadline = time.monotonic() + seconds
    for name, thread in started:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            problems[name] = f"no response within {seconds:.0f} seconds"
    return dict(problems)


def _try_to_send(alert: Alert, notifier: NotifierSettings, problems: dict[str, str]) -> None:
    try:
        filled_in = notifier.filled_in()
        _SENDERS[notifier.type](replace(alert, link=filled_in.link), filled_in.values)
    except Exception as error:  # whatever a server or its library does must not fail the command
        problems[notifier.name] = _reason(error)


def _post(message: Callable[[Alert], dict[str, Any]], alert: Alert, values: Mapping[str, Any]) -> None:
    body = json.dumps(message(alert), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "marketing-ibis"}
    # The settings refuse addresses that do not begin with http:// or https://.
    request = urllib.request.Request(str(values["url"]), data=body, headers=headers, method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=SECONDS_PER_RESPONSE) as response:  # noqa: S310
        response.read(1)


def _mail(alert: Alert, values: Mapping[str, Any]) -> None:
    security = values.get("security", "starttls")
    host, port = str(values["host"]), int(values.get("port", DEFAULT_PORTS[security]))
    message = email_message(alert, str(values["sender"]), values["to"])
    context = ssl.create_default_context()
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, port, timeout=SECONDS_PER_RESPONSE, context=context)
        if security == "tls"
        else smtplib.SMTP(host, port, timeout=SECONDS_PER_RESPONSE)
    )
    with server:
        if security == "starttls":
            server.starttls(context=context)
        if "user" in values:
            server.login(str(values["user"]), str(values.get("password", "")))
        server.send_message(message)


_SENDERS: Mapping[str, Callable[[Alert, Mapping[str, Any]], None]] = {
    "slack": partial(_post, slack_message),
    "webhook": partial(_post, webhook_message),
    "email": _mail,
}


def _reason(error: Exception) -> str:
    """Return what went wrong in a few words: the library's own may hold the address, which is a secret of Slack's."""
    match error:
        case ConfigurationError():
            return error.message.rstrip(".")
        case urllib.error.HTTPError():
            return f"it responded with status {error.code}"
        case TimeoutError() | urllib.error.URLError(reason=TimeoutError()):
            return f"no response within {SECONDS_PER_RESPONSE:.0f} seconds"
        case smtplib.SMTPAuthenticationError():
            return "the user or password was refused"
        case smtplib.SMTPResponseException():
            return f"the mail server responded with status {error.smtp_code}"
        case smtplib.SMTPNotSupportedError():
            return "the mail server does not offer what the settings ask for"
        case ssl.SSLError() | urllib.error.URLError(reason=ssl.SSLError()):
            return "its certificate cannot be verified, or it does not use TLS"
        case OSError():
            return "it cannot be reached"
        case _:
            return type(error).__name__
