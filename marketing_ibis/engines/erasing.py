"""Erase the deleted rows of one table after the other, and say which tables still have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable

OTHER_OWNER = "it belongs to another user"


def erase_each(
    target: Target, relations: Sequence[Relation], note: Relation, command: str, erase: Callable[[str, Relation], str]
) -> str:
    """Erase the deleted rows of ``relations`` from the disk, and drop the ``note`` once none of them has any.

    ``command`` is the statement for the name of a table; ``erase`` executes it and returns why it had no effect, "" if
    it had. Return what remains to be done, "" for nothing.
    """
    commands, reasons = [], []
    for relation in relations:
        statement = command.format(target.dialect.relation(relation))
        try:
            reason = erase(statement, relation)
        except (RunFailed, TargetUnavailable) as error:
            reason = error.message
        if reason:
            commands.append(statement)
            reasons.append(f"{relation} could not be rewritten, and has deleted rows on the disk: {reason}")
    if not reasons:
        target.execute(f"DROP TABLE IF EXISTS {target.dialect.relation(note)}")
        return ""
    return f"{'; '.join(reasons)}. Run forget again, or as the owner of the table: {'; '.join(commands)}"
