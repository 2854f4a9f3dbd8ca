"""Open connections to Redshift with arguments of Amazon's driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketing_ibis.engines.redshift.errors import NO_PROJECT, Advice, login_failure
from marketing_ibis.errors import TargetUnavailable

CONNECT_SECONDS = 30
SECRETS = ("password", "secret_access_key", "session_token", "access_key_id", "token")


@dataclass(frozen=True, slots=True)
class Login:
    """How to connect. Printed, it shows no secret.

    ``session`` are statements that each session begins with; ``query_group`` is what the queue of queries goes by.
    """

    place: Mapping[str, Any]
    arguments: Mapping[str, Any] = field(repr=False)
    session: tuple[str, ...] = ()
    query_group: str = ""
    advice: Advice = NO_PROJECT

    @property
    def can_repeat(self) -> bool:
        """Whether a second connection can be opened."""
        return True

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(str(self.arguments[key]) for key in SECRETS if self.arguments.get(key))

    def connect(self) -> Any:
        """Open a connection that commits each statement by itself.

        Raises:
            TargetUnavailable: saying what is wrong with the address, the user or the cluster.
        """
        driver = import_driver()
        try:
            connection = driver.connect(**self.arguments)
        except Exception as error:  # the driver raises what sockets, ssl, AWS' client and its own parser raise
            failure = login_failure(error, self.place, self.secrets, self.advice)
        else:
            connection.autocommit = True
            # The driver would give up on every statement that takes longer than the login may.
            connection._usock.settimeout(None)
            return connection
        # Outside of the handler: the driver's exception, which may quote what it was given, is not told along.
        raise failure


@dataclass(frozen=True, slots=True)
class OpenedElsewhere(Login):
    """A connection that a program opened by itself and lends; it cannot be opened again."""

    connection: Any = field(default=None, repr=False)

    @property
    def can_repeat(self) -> bool:
        """Whether a second connection can be opened."""
        return False

    def connect(self) -> Any:
        """Return the connection while it is open.

        Raises:
            TargetUnavailable: it was closed, as one is whose query was cut short.
        """
        if self.connection._sock is None:
            raise TargetUnavailable(
                "The connection passed to from_connection is closed.", hint="Open another and pass that."
            )
        if self.connection.in_transaction:
            raise TargetUnavailable(
                "The connection passed to from_connection is in a transaction.", hint="Commit it or roll it back first."
            )
        self.connection.autocommit = True
        return self.connection


def import_driver() -> Any:
    """Return the module redshift_connector.

    Raises:
        TargetUnavailable: it is not installed.
    """
    try:
        import redshift_connector
    except ImportError as error:
        raise TargetUnavailable(
            f"Redshift's driver cannot be imported: {error}.", hint="pip install 'marketing-ibis[redshift]'"
        ) from error
    return redshift_connector
