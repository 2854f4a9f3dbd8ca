"""Erase the deleted rows of one table after the other, and say which tables still have them."""

from __future__ import annotations

from collections.abc import Callable

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Erasure, Target, existing_kinds
from marketing_ibis.errors import RunFailed, TargetUnavailable

OTHER_OWNER = "it belongs to another user"


def erase_each(target: Target, erasure: Erasure, command: str, erase: Callable[[str, Relation], str]) -> str:
    """Erase the deleted rows of the tables from the disk, and remove their notes once none has any.

    ``command`` is the statement for the name of a table; ``erase`` executes it and returns why rows are left, "" if
    none are. Return what remains to be done, "" for nothing.
    """
    commands, reasons = [], []
    existing = existing_kinds(target, erasure.relations)
    for relation in (each for each in erasure.relations if each in existing):
        statement = command.format(target.dialect.relation(relation))
        try:
            reason = erase(statement, relation)
        except (RunFailed, TargetUnavailable) as error:
            reason = error.message
        if reason:
            commands.append(statement)
            reasons.append(f"{relation} still has deleted rows on the disk: {reason}")
    if not reasons:
        for statement in erasure.removal:
            target.execute(statement)
        return ""
    return f"{'; '.join(reasons)}. Run forget again, or as the owner of the table: {'; '.join(commands)}"
