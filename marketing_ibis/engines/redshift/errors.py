"""Describe what an exception of Redshift's driver means, without secrets."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from marketing_ibis.errors import (
    TEMPORARY,
    MarketingIbisError,
    RunFailed,
    TargetUnavailable,
    ValueRefused,
    ValueTooLong,
)

TEMPORARY_STATES = ("40001", "40P01", "57P01", "57P02", "57P03")
"""SQLSTATEs of serialization failure, deadlock, session ended, server crashed, server starting."""
TEMPORARY_WORDS = ("serializable isolation violation", "could not serialize", "conflict with concurrent transaction")
"""Redshift gives these under XX000: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html"""
CLOSED_WORDS = ("BrokenPipe", "connection is closed", "closed file")
"""What the driver says of a connection that it finds closed."""
ENDED_STATES = ("57P01", "57P02")
VALUE_CLASSES = ("22", "23", "P0", "XX")
"""Classes of SQLSTATEs whose messages may quote values of rows; a failing cast may have XX000, an internal error."""
WITHOUT_VALUES = ("disk full", "out of memory")
"""What messages of internal errors say that quote no value."""
TOO_LONG = "too long for"
"""Redshift gives it in a message of state 22001, or in the detail of an error of the engine, of state XX000."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What messages recommend: a project corrects its profile, a program the arguments of ``connect``.

    ``place`` is where the settings are, ``grants`` what to do about a missing right, ``schema`` about a missing schema,
    ``width`` about a value that is longer than its column, ``reader`` about a user or role that does not exist.
    """

    place: str = "the arguments of connect"
    grants: str = "Ask the owner for a GRANT."
    schema: str = "Create the schema, or name another as `database`."
    width: str = "Widen the column, or shorten the values."
    reader: str = "Create it first."

    @property
    def connection(self) -> str:
        """What to do about a wrong address."""
        return f"Correct the connection in {self.place}."


NO_PROJECT = Advice()


class StatementCutShort(RunFailed):
    """The engine gave up a statement for a temporary reason; the connection is still open."""

    exit_code = TEMPORARY


class ConnectionLost(RunFailed):
    """The connection broke, and with it what was under way."""

    exit_code = TEMPORARY


class ServerUnreachable(TargetUnavailable):
    """No response from the address at this moment."""


TEMPORARY_FAILURES = (StatementCutShort, ConnectionLost, ServerUnreachable)
"""Failures that the same work may not meet again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: SQLSTATE, message and detail, each empty where it said nothing."""

    state: str = ""
    message: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The message with its detail; Redshift's message may be a bare number."""
        return f"{self.message}: {' '.join(self.detail.split())}" if self.detail else self.message


def answer_in(error: object) -> Answer | None:
    """Return the server's answer that the driver wrapped, if it is one."""
    fields = getattr(error, "args", None)
    if not fields or not isinstance(fields[0], Mapping):
        return None
    response = fields[0]
    return Answer(str(response.get("C", "")), str(response.get("M", "")), str(response.get("D", "")))


def statement_failure(
    error: Exception, last_answer: object, secrets: Collection[str], advice: Advice = NO_PROJECT
) -> MarketingIbisError:
    """Return what to raise when a statement failed; ``last_answer`` is the last error that the driver kept.

    A server that ends a session says why and closes; the driver then complains of the closed connection alone.
    """
    answer = answer_in(error) or answer_in(last_answer)
    if answer is None:
        if is_lost(error):
            return ConnectionLost(f"The connection to Redshift was lost: {without(secrets, _reason(error))}.")
        return RunFailed(f"Redshift's driver failed: {type(error).__name__}: {without(secrets, str(error))}.")
    text = without(secrets, answer.text)
    if answer.state in ENDED_STATES:
        return ConnectionLost(f"Redshift ended the session: {text}.")
    if answer.state in TEMPORARY_STATES or any(words in text.lower() for words in TEMPORARY_WORDS):
        return StatementCutShort(text)
    if TOO_LONG in text.lower():
        return ValueTooLong(text, hint=advice.width)
    may_quote = answer.state.startswith(VALUE_CLASSES) and not any(words in text.lower() for words in WITHOUT_VALUES)
    kind = ValueRefused if may_quote else RunFailed
    return kind(text, hint=_hint(answer.state, text, advice))


def is_lost(error: Exception) -> bool:
    """Return whether the driver's exception comes of a broken connection.

    When the connection breaks within an answer, the driver fails in taking the answer apart.
    """
    if any(isinstance(part, (OSError, struct.error)) for part in (error, *error.args)):
        return True
    return any(words in str(error) for words in CLOSED_WORDS)


def login_failure(
    error: Exception, place: Mapping[str, Any], secrets: Collection[str], advice: Advice = NO_PROJECT
) -> TargetUnavailable:
    """Return what to raise when no connection came about; ``place`` names host, port, user and database."""
    import socket  # every command that opens a project imports this file, and the driver has imported both
    import ssl

    where = f"{place['host']}:{place['port']}" if place["host"] else "the cluster that IAM names"
    answer = answer_in(error)
    if answer is not None:
        return _refusal(answer, where, place, secrets, advice)
    cause = next((part for part in getattr(error, "args", ()) if isinstance(part, OSError)), error)
    reason = without(secrets, _reason(cause))
    if isinstance(cause, ssl.SSLError) or "refuses SSL" in reason:
        return TargetUnavailable(
            f"No encrypted connection to Redshift at {where}: {reason}.",
            hint=f"Set sslmode in {advice.place} to what the cluster offers,"
            " or check that the host is the cluster's own.",
        )
    if isinstance(cause, socket.gaierror):
        return ServerUnreachable(
            f"Host {place['host']} does not exist.",
            hint=f"Check the spelling. {advice.connection}",
            is_temporary=cause.errno == socket.EAI_AGAIN,
        )
    if isinstance(cause, ConnectionRefusedError):
        return ServerUnreachable(
            f"No server is listening at {where}.",
            hint=f"Redshift's port is usually 5439; a paused cluster accepts no connections. {advice.connection}",
            is_temporary=True,
        )
    if isinstance(cause, TimeoutError):
        return ServerUnreachable(
            f"No answer from Redshift at {where} within {place['timeout']} seconds.",
            hint="Let this machine's address through the cluster's security group, or raise connect_timeout.",
            is_temporary=True,
        )
    if is_lost(cause):
        return ServerUnreachable(
            f"{where} closed the connection before the login: {reason}.",
            hint=f"Is it a Redshift server? {advice.connection}",
            is_temporary=True,
        )
    return TargetUnavailable(
        f"Redshift's driver could not log in at {where}: {type(error).__name__}: {reason}.",
        hint=f"Check the AWS profile, keys, region and cluster. {advice.connection}",
    )


def _refusal(
    answer: Answer, where: str, place: Mapping[str, Any], secrets: Collection[str], advice: Advice
) -> TargetUnavailable:
    text = without(secrets, answer.text)
    if answer.state.startswith("28"):
        return TargetUnavailable(
            f"Redshift at {where} refused user {place['user']}: {text}.", hint="Check the user and the password."
        )
    if answer.state == "3D000":
        return TargetUnavailable(f"Redshift at {where} has no database {place['database']}.", hint=advice.connection)
    is_temporary = answer.state in TEMPORARY_STATES
    kind = ServerUnreachable if is_temporary else TargetUnavailable
    return kind(
        f"Redshift at {where} accepts no connections: {text}.", hint="Try again later.", is_temporary=is_temporary
    )


def _hint(state: str, text: str, advice: Advice) -> str:
    if state == "42704" and text.startswith(("user ", "group ", "role ")):
        return advice.reader
    if state == "42501":
        return advice.grants
    if state == "3F000":
        return f"{advice.schema} {advice.grants}"
    if state == "57014":
        return "A timeout or another user ended the query: raise statement_timeout, or check the queue's rules."
    return ""


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0].rstrip(".")


def without(secrets: Collection[str], text: str) -> str:
    """Return ``text`` with every secret in it blotted out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
