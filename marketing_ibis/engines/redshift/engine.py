"""What the package knows of Redshift: a cluster or a Serverless work group, through Amazon's driver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketing_ibis.engines.base import Engine, Places, Settings, places_on_server
from marketing_ibis.engines.profiling import Operator, Query
from marketing_ibis.engines.redshift.keys import IGNORED, KEYS, keys_of_method
from marketing_ibis.engines.redshift.port import DEFAULT_PORT

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.ibis_connection import IbisConnection
    from marketing_ibis.engines.target import Target

AMAZON = ".redshift.amazonaws.com"


def _dialect() -> Dialect:
    from marketing_ibis.engines.redshift.dialect import redshift_dialect

    return redshift_dialect()


def _allow_functions(names: Sequence[str]) -> None:
    from marketing_ibis.engines.redshift import gate

    gate.allow_functions(names)


def _open(settings: Settings, *, read_only: bool = False) -> Target:
    from marketing_ibis.engines.redshift.target import open_redshift

    return open_redshift(settings)


def _places(settings: Settings) -> Places:
    host = str(settings.get("host") or "")
    return places_on_server("redshift", {**settings, "host": _cluster(host)}, DEFAULT_PORT)


def _cluster(host: str) -> str:
    if not host.endswith(AMAZON):
        return host
    # cluster.account.region.redshift.amazonaws.com is known by cluster and region.
    parts = host.removesuffix(AMAZON).split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else host


def _profile(query: Query, select: str) -> tuple[Operator, ...]:
    from marketing_ibis.engines.redshift.profiling import profile

    return profile(query, select)


def _connect_ibis(settings: Settings) -> IbisConnection:
    from marketing_ibis.engines.ibis_connection import BackendConnection
    from marketing_ibis.engines.redshift.ibis_backend import Backend
    from marketing_ibis.engines.redshift.login import import_driver
    from marketing_ibis.engines.redshift.profile_login import read_login

    import_driver()
    return BackendConnection(Backend.from_login(read_login(settings)))


REDSHIFT = Engine(
    name="redshift",
    title="Redshift",
    dialect=_dialect,
    open=_open,
    profile=_profile,
    connect_ibis=_connect_ibis,
    keys=KEYS,
    ignored_keys=IGNORED,
    needed_keys=keys_of_method,
    places=_places,
    filling="Load it with COPY",
    # The gate inspects every statement again. It also refuses names that are too long.
    caches_sql=False,
    plans_without_connection=True,
    estimates_costs=True,
    unloads=True,
    allow_functions=_allow_functions,
)
