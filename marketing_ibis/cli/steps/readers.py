"""Bring the rights of readers in line with `grants`, also where nothing is to be built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.errors import MarketingIbisError

if TYPE_CHECKING:
    from collections.abc import Collection

    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.build.reader_rights import ReaderChanges
    from marketing_ibis.cli.output.log import Log
    from marketing_ibis.engines.target import Target

ANY_ROLE = "role any"
"""A reader of the kind that an engine may hide from the user of a session."""


def update_readers(session: Session, published: Collection[str], *, is_dry: bool) -> str:
    """Give the readers of the settings what is ``published``, and take it from earlier ones.

    Return what was done, or with ``is_dry`` would be, as a sentence; "" where the rights are those of the settings.
    """
    if not session.destination.engine.supports_grants:
        return ""
    from marketing_ibis.build.reader_rights import read_rights

    schemas = session.schemas
    with session.destination.open_existing() as target:
        rights = target.attempt("rights", lambda: read_rights(target, schemas))
        if rights is None:
            return ""
        changes = rights.changes(published)
        if changes and not is_dry:
            with target.exclusive(schemas.models):
                target.attempt("rights", lambda: _update(session, target, published))
        # An update leaves the rights of the roles that it cannot see on record.
        if warning := rights.unseen_warning():
            session.log.warn(warning)
    return describe_changes(changes, schemas.models, "would be" if is_dry else "was")


def _update(session: Session, target: Target, published: Collection[str]) -> None:
    from marketing_ibis.build.publish import execute_all
    from marketing_ibis.build.reader_rights import read_rights

    with target.transaction():
        # Another command may have changed the record before this one had the schema to itself.
        if rights := read_rights(target, session.schemas):
            execute_all(target, rights.update_statements(published))


def unseen_readers(schemas: Schemas, target: Target) -> str:
    """Return one line about removed readers whose rights remain, with what to do; "" for none.

    The record is read as the command left it, also after one that failed to publish. Nothing that fails here undoes
    what was published.
    """
    from marketing_ibis.build.reader_rights import read_rights

    if not target.dialect.hides_reader(ANY_ROLE):
        return ""
    try:
        rights = target.attempt("rights", lambda: read_rights(target, schemas))
        return rights.unseen_warning() if rights else ""
    except MarketingIbisError as error:
        return f"Readers who keep their rights could not be looked for: {error.message}"


def warn_of_unseen_readers(log: Log, schemas: Schemas, target: Target) -> None:
    """Print what ``unseen_readers`` returns, for a command that reports no build."""
    if warning := unseen_readers(schemas, target):
        log.warn(warning)


def planned_changes(session: Session, target: Target, published: Collection[str]) -> str:
    """Return as a sentence whose rights a build would change, "" where all stay."""
    if not session.destination.engine.supports_grants:
        return ""
    from marketing_ibis.build.reader_rights import read_rights

    rights = target.attempt("rights", lambda: read_rights(target, session.schemas))
    if rights is None:
        return ""
    changes = rights.changes([name for name in published if name in session.nodes])
    return describe_changes(changes, session.schemas.models, "would be")


def describe_changes(changes: ReaderChanges, schema: str, word: str) -> str:
    """Return which readers gain and lose SELECT, as a sentence; ``word`` says when."""
    parts = [
        f"{verb} {', '.join(readers)}"
        for verb, readers in (("granted to", changes.gained), ("revoked from", changes.lost))
        if readers
    ]
    return f"SELECT in {schema} {word} {' and '.join(parts)}." if parts else ""
