"""The record of an engine: what the package knows of it, apart from its SQL and its connection.

It imports no driver and no compiler: listing the engines costs nothing, and ``dialect`` and ``open`` import what they
need when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from marketing_ibis.engines.ibis_connection import IbisConnection, no_ibis_connection
from marketing_ibis.engines.profiling import Profiler, Query, no_profile

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect, Relation
    from marketing_ibis.engines.target import Target

IN_MEMORY = ":memory:"
"""What engines of local files call a database that is not in a file."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""What the sslmode of a server's output can be, as in libpq."""

ATTACH = "attach"
"""The key of the database files that are attached."""

Settings = Mapping[str, object]
"""What a target is opened with: the keys of a profile's output, or the ``path`` of a local file."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the value of a key in a profile's output must be.

    ``keys`` are those of a mapping that are used; others in it are ignored. One of them may be the ``same_as`` another
    one before it.
    """

    kind: Literal[
        "text", "number", "truth", "texts", "secret", "path", "attachments", "size", "amount", "threads", "mapping"
    ] = "text"
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    keys: Mapping[str, Key] = field(default_factory=dict)
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A database file that is attached to a target for reading, under the name ``alias``."""

    alias: str
    path: str


@dataclass(frozen=True, slots=True)
class Places:
    """The database that contains tables: ``namespace`` names its server as OpenLineage does, ``database`` itself.

    ``attached`` are the databases with a namespace of their own, by the name that relations have for them; any other is
    on the same server.
    """

    namespace: str
    database: str
    attached: Mapping[str, Places] = field(default_factory=dict)

    def of(self, relation: Relation) -> tuple[str, str]:
        """Return the namespace of a table and its name in it."""
        place = self.attached.get(relation.database) or self
        database = place.database if place is not self else relation.database or self.database
        return place.namespace, f"{database}.{relation.schema}.{relation.name}"


def attachments_of(settings: Settings) -> tuple[Attachment, ...]:
    """Return the database files that are attached to a target."""
    attachments = settings.get(ATTACH)
    return attachments if isinstance(attachments, tuple) else ()


class Opener(Protocol):
    """Opens a connection to an engine."""

    def __call__(self, settings: Settings, *, read_only: bool = False) -> Target:
        """Connect; a local file that is opened ``read_only`` can be read by other processes at the same time.

        Raises:
            ConfigurationError: a setting is missing or wrong, or the driver is not installed.
            TargetUnavailable: the database cannot be opened or reached.
        """


def describe_server(settings: Settings) -> str:
    """Return the database of a server as messages name it."""
    return "database {dbname} on {host}:{port}".format_map(settings)


def places_on_server(name: str, settings: Settings, default_port: int) -> Places:
    """Return where a server keeps tables."""
    port = settings.get("port") or default_port
    return Places(f"{name}://{settings.get('host') or ''}:{port}", str(settings.get("dbname") or ""))


def no_further_keys(settings: Settings) -> Mapping[str, str]:
    """Return no key: those of the output do not depend on one another."""
    return {}


def no_limits(query: Query) -> str:
    """Return nothing: a server has limits of its own."""
    return ""


def ignore_functions(names: Sequence[str]) -> None:
    """Do nothing: the engine accepts functions of any name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An engine that tables are built on.

    ``name`` is what ``--target`` and the ``type`` of a profile's output call it, ``title`` what people call it.
    ``dialect`` makes the dialect that writes its SQL, ``open`` connects to it.

    ``keys`` are those of a profile's output, ``ignored_keys`` those that dbt knows besides. ``needed_keys`` are those
    that the values of others make necessary, each with a hint.

    ``describe`` names a connection in messages, ``places`` in OpenLineage's events. ``filling`` says how a missing
    source table is filled, as the beginning of a hint. ``longest_name`` is the number of bytes to which the engine
    shortens names without an error.

    ``database_file`` is the name of the database in the target path, for an engine of local files. ``caches_sql``
    says that the SQL of an earlier command may be used again. ``plans_without_connection`` says that a build without a
    connection writes its SQL for a user to run. ``unloads`` says that it writes rows to S3 by itself.
    ``allow_functions`` names the functions of the user's database that its SQL may call. ``profile`` returns the
    operators with which it carries out a SELECT, and ``estimates_costs`` says that its dialect counts without a
    connection what one does. ``describe_limits`` names the memory, threads and disk of one, "" for a server.
    ``connect_ibis`` opens an existing database with Ibis, for programs.
    """

    name: str
    title: str
    dialect: Callable[[], Dialect]
    open: Opener
    keys: Mapping[str, Key]
    places: Callable[[Settings], Places]
    ignored_keys: frozenset[str] = frozenset()
    needed_keys: Callable[[Settings], Mapping[str, str]] = no_further_keys
    describe: Callable[[Settings], str] = describe_server
    filling: str = "Load it, for example with `seed --from DIR`"
    longest_name: int | None = None
    database_file: str = ""
    caches_sql: bool = True
    supports_grants: bool = True
    plans_without_connection: bool = False
    unloads: bool = False
    estimates_costs: bool = False
    allow_functions: Callable[[Sequence[str]], None] = ignore_functions
    profile: Profiler = no_profile
    describe_limits: Callable[[Query], str] = no_limits
    connect_ibis: Callable[[Settings], IbisConnection] = no_ibis_connection

    @property
    def is_local_file(self) -> bool:
        """Whether a database is a file of this machine, and not on a server."""
        return bool(self.database_file)

    @property
    def guide(self) -> str:
        """The page of the documentation that shows how to connect."""
        return f"docs/how-to/{self.name}.md"
