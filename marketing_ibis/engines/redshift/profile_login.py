"""Read how to log in to Redshift from the settings of a dbt profile."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.engines.missing_readers import ADVICE
from marketing_ibis.engines.redshift.errors import Advice
from marketing_ibis.engines.redshift.login import CONNECT_SECONDS, Login
from marketing_ibis.engines.redshift.port import DEFAULT_PORT
from marketing_ibis.engines.secret import reveal
from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.guide import guide_page

KEEPALIVE = ("tcp_keepalive", "tcp_keepalive_idle", "tcp_keepalive_interval", "tcp_keepalive_count")
METHODS = ("database", "iam", "iam_role")
# The driver knows verify-ca and verify-full; dbt maps what it knows besides to these.
SSL_MODES: Mapping[str, Mapping[str, object]] = {
    "disable": {"ssl": False},
    "allow": {"ssl": True, "sslmode": "verify-ca"},
    "prefer": {"ssl": True, "sslmode": "verify-ca"},
    "require": {"ssl": True, "sslmode": "verify-ca"},
    "verify-ca": {"ssl": True, "sslmode": "verify-ca"},
    "verify-full": {"ssl": True, "sslmode": "verify-full"},
}


def advice() -> Advice:
    """Return what messages recommend to a project."""
    return Advice(
        place="profiles.yml",
        grants=f"{guide_page('docs/how-to/redshift.md')} lists the grants that a build needs.",
        schema="Create the schema, or name another in [tool.marketing_ibis].",
        reader=ADVICE,
        width="Declare the bytes that the column needs: width= in its column().",
    )


def read_login(settings: Mapping[str, object]) -> Login:
    """Return the login that a dbt profile of type redshift describes.

    Raises:
        ConfigurationError: a setting is missing or unknown.
    """
    settings = {key: reveal(value) for key, value in settings.items()}
    method = str(settings.get("method") or "database")
    if method not in METHODS:
        raise ConfigurationError(
            f"The method {method} of a Redshift connection is unknown.", hint=nearest(method, METHODS)
        )
    database = settings.get("dbname") or settings.get("database")
    if not database:
        raise ConfigurationError("The Redshift connection has no database.", hint="Set dbname in profiles.yml.")
    timeout = _whole_number(settings, "connect_timeout", CONNECT_SECONDS)
    place = {
        "host": settings.get("host") or None,
        "port": _whole_number(settings, "port", DEFAULT_PORT),
        "database": str(database),
        "timeout": timeout,
        "application_name": "marketing_ibis",
        # Statements kept prepared would outlive the tables that other sessions replace.
        "max_prepared_statements": 0,
        **_ssl(settings),
        **{key: settings[key] for key in KEEPALIVE if settings.get(key) is not None},
    }
    arguments = place | (_password(settings) if method == "database" else _iam(settings, method))
    printable = {key: arguments[key] for key in ("host", "port", "database", "timeout")}
    printable["user"] = arguments.get("user") or arguments.get("db_user") or "of the IAM role"
    return Login(printable, arguments, _session(settings), str(settings.get("query_group") or ""), advice())


def _password(settings: Mapping[str, object]) -> dict[str, object]:
    secret = settings.get("password") or settings.get("pass")
    for key, value in {"host": settings.get("host"), "user": settings.get("user"), "password": secret}.items():
        if not value:
            raise ConfigurationError(
                f"The Redshift connection has no {key}.", hint=f"Set {key} in profiles.yml, or method: iam."
            )
    return {"user": str(settings["user"]), "password": str(secret)}


def _iam(settings: Mapping[str, object], method: str) -> dict[str, object]:
    """Return what makes the driver ask AWS for a temporary password."""
    is_serverless = bool(
        settings.get("is_serverless")
        or settings.get("serverless_work_group")
        or "redshift-serverless" in str(settings.get("host") or "")
    )
    if not is_serverless and not settings.get("cluster_id"):
        raise ConfigurationError(
            "IAM needs the cluster's name.",
            hint="Set cluster_id in profiles.yml, or is_serverless and serverless_work_group.",
        )
    if method == "iam" and not is_serverless and not settings.get("user"):
        raise ConfigurationError(
            "IAM needs the user to log in as.", hint="Set user in profiles.yml, or method: iam_role."
        )
    options = {
        "cluster_identifier": None if is_serverless else settings.get("cluster_id"),
        "db_user": settings.get("user") if method == "iam" else None,
        "profile": settings.get("iam_profile"),
        "db_groups": settings.get("db_groups") or None,
        "group_federation": True if method == "iam_role" else None,
        "auto_create": settings.get("autocreate"),
        "is_serverless": is_serverless or None,
        **{key: settings.get(key) for key in ("region", "access_key_id", "secret_access_key", "session_token")},
        **{key: settings.get(key) for key in ("serverless_work_group", "serverless_acct_id")},
    }
    # The driver needs a user and a password, and uses those that AWS returns instead.
    return {"iam": True, "user": "", "password": ""} | {
        key: value for key, value in options.items() if value is not None
    }


def _ssl(settings: Mapping[str, object]) -> Mapping[str, object]:
    mode = str(settings.get("sslmode") or "prefer")
    if mode not in SSL_MODES:
        raise ConfigurationError(f"sslmode {mode} is unknown.", hint=nearest(mode, SSL_MODES))
    return SSL_MODES[mode]


def _session(settings: Mapping[str, object]) -> tuple[str, ...]:
    role = settings.get("role")
    return (f'SET ROLE "{str(role).replace(chr(34), chr(34) * 2)}"',) if role else ()


def _whole_number(settings: Mapping[str, object], key: str, default: int) -> int:
    value = settings.get(key)
    try:
        return default if value is None else int(str(value))
    except ValueError as error:
        raise ConfigurationError(f"{key} of the Redshift connection is {value!r}, not a whole number.") from error


def read_retries(settings: Mapping[str, object], default: int) -> int:
    """Return how often a temporary failure is tried again.

    Raises:
        ConfigurationError: it is not a whole number, or below 0.
    """
    retries = _whole_number(settings, "retries", default)
    if retries < 0:
        raise ConfigurationError(f"retries of the Redshift connection is {retries}, below 0.")
    return retries
