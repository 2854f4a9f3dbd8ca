"""Connect to a cluster or a Serverless work group, with arguments, a URL or an open connection."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import ParseResult, unquote

from ibis.backends import CanCreateDatabase, CanListCatalog, HasCurrentCatalog, HasCurrentDatabase, PyArrowExampleLoader

from marketing_ibis.engines.redshift.ibis_backend.loading import Loading
from marketing_ibis.engines.redshift.login import CONNECT_SECONDS, Login, OpenedElsewhere
from marketing_ibis.engines.redshift.port import DEFAULT_PORT
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.engines.redshift.spelling import identifier

FLAGS = ("iam", "is_serverless", "ssl", "case_sensitive")
NUMBERS = ("port", "timeout")
ALWAYS = {"application_name": "ibis", "max_prepared_statements": 0}
ALWAYS_RUN = ("SET timezone TO 'UTC'",)
CASE_SENSITIVE = "SET enable_case_sensitive_identifier TO true"
"""https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html"""
SECRET = re.compile("password|secret|token|access_key")


class Backend(Loading, CanListCatalog, CanCreateDatabase, HasCurrentCatalog, HasCurrentDatabase, PyArrowExampleLoader):
    """Amazon Redshift, through Amazon's driver. A statement by itself is committed at once."""

    supports_temporary_tables = True
    supports_python_udfs = False

    def do_connect(
        self,
        host: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        port: int = DEFAULT_PORT,
        *,
        schema: str | None = None,
        iam: bool = False,
        cluster_identifier: str | None = None,
        region: str | None = None,
        is_serverless: bool = False,
        serverless_work_group: str | None = None,
        ssl: bool = True,
        sslmode: str = "verify-ca",
        timeout: int = CONNECT_SECONDS,
        case_sensitive: bool = False,
        **kwargs: Any,
    ) -> None:
        """Connect to a cluster or a Serverless work group.

        Parameters
        ----------
        host, port, database
            Where the database is. With ``iam``, the driver can find the host by itself.
        user, password
            Who logs in. With ``iam``, AWS gives a temporary password.
        schema
            Where tables are looked for that are named without a database.
        iam, cluster_identifier, region, is_serverless, serverless_work_group
            Log in with the credentials of AWS.
        ssl, sslmode
            ``verify-ca`` or ``verify-full``; ``ssl=False`` for a connection in clear.
        timeout
            Seconds that logging in may take.
        case_sensitive
            Whether names in quotes keep their capitals (``enable_case_sensitive_identifier``); Redshift folds them
            otherwise, and columns with capitals are refused.
        kwargs
            What else redshift_connector takes, as ``profile``, ``access_key_id``, ``db_user``.
        """
        place = {"host": host, "port": port, "database": database, "user": user or "", "timeout": timeout}
        aws = {
            "iam": iam,
            "cluster_identifier": cluster_identifier,
            "region": region,
            "is_serverless": is_serverless,
            "serverless_work_group": serverless_work_group,
        }
        options = {key: value for key, value in aws.items() if value} | ({"sslmode": sslmode} if ssl else {}) | kwargs
        arguments = {**place, **ALWAYS, "password": password or "", "ssl": ssl, **options}
        path = [f"SET search_path TO {identifier(schema)}"] if schema else []
        capitals = [CASE_SENSITIVE] if case_sensitive else []
        self._begin_with(Login(place, arguments, (*ALWAYS_RUN, *capitals, *path)), is_case_sensitive=case_sensitive)

    def _begin_with(self, login: Login, *, is_case_sensitive: bool) -> None:
        self._temporary = set()
        self._is_case_sensitive = is_case_sensitive
        self._session = Session(login)
        self._session.connect()

    @classmethod
    def from_connection(cls, con: Any, /, *, case_sensitive: bool = False) -> Backend:
        """Return a backend on an open connection of redshift_connector.

        The connection is set to commit each statement by itself, and its time zone to UTC. An interrupted query closes
        it for good.
        """
        backend = cls()
        backend._can_reconnect = False
        commands = (*ALWAYS_RUN, *([CASE_SENSITIVE] if case_sensitive else []))
        place = {"host": None, "timeout": CONNECT_SECONDS}
        backend._begin_with(OpenedElsewhere(place, {}, commands, connection=con), is_case_sensitive=case_sensitive)
        return backend

    @classmethod
    def from_login(cls, login: Login, /) -> Backend:
        """Return a backend that logs in with ``login``, and again after the connection was lost."""
        backend = cls()
        backend._can_reconnect = False
        backend._begin_with(login, is_case_sensitive=False)
        return backend

    def _from_url(self, url: ParseResult, **kwargs: Any) -> Backend:
        """Connect to ``redshift://user:password@host:port/database/schema?setting=value``."""
        database, _, schema = url.path.lstrip("/").partition("/")
        options = {
            "host": url.hostname,
            "port": url.port,
            "user": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "database": unquote(database),
            "schema": unquote(schema),
        }
        settings = {key: value for key, value in options.items() if value} | kwargs
        settings |= {key: int(settings[key]) for key in NUMBERS if key in settings}
        settings |= {key: _is_true(settings[key]) for key in FLAGS if key in settings}
        connected: Backend = self.connect(**settings)
        return connected

    @property
    def db_identity(self) -> str:
        """What tells connections apart; no secret is part of it."""
        if not self._con_kwargs and not self._con_args and hasattr(self, "_session"):
            return f"{self.name}_connection_{id(self._session.login)}"
        labels = {key: value for key, value in sorted(self._con_kwargs.items()) if not SECRET.search(key)}
        return "_".join(map(str, (self.name, *self._con_args[:2], *labels.items())))

    def disconnect(self) -> None:
        """End the session."""
        self._session.close()


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "t", "yes", "y")
