"""Erase the deleted rows of one table after the other, and say which tables still have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target, existing_kinds
from marketing_ibis.errors import RunFailed, TargetUnavailable

NOTE_COLUMNS = ("schema_name", "table_name")
"""The columns of the table that notes which tables have deleted rows."""
OTHER_OWNER = "it belongs to another user"


def erase_each(
    target: Target, relations: Sequence[Relation], note: Relation, command: str, erase: Callable[[str, Relation], str]
) -> str:
    """Erase the deleted rows of ``relations`` from the disk, and take them out of the ``note`` once none has any.

    The table of the ``note`` stays, with other tables that another command may have noted in the meantime.

    ``command`` is the statement for the name of a table; ``erase`` executes it and returns why it had no effect, "" if
    it had. Return what remains to be done, "" for nothing.
    """
    commands, reasons = [], []
    existing = existing_kinds(target, relations)
    for relation in (each for each in relations if each in existing):
        statement = command.format(target.dialect.relation(relation))
        try:
            reason = erase(statement, relation)
        except (RunFailed, TargetUnavailable) as error:
            reason = error.message
        if reason:
            commands.append(statement)
            reasons.append(f"{relation} could not be rewritten, and has deleted rows on the disk: {reason}")
    if not reasons:
        for statement in _take_out(target.dialect, relations, note):
            target.execute(statement)
        return ""
    return f"{'; '.join(reasons)}. Run forget again, or as the owner of the table: {'; '.join(commands)}"


def _take_out(dialect: Dialect, relations: Sequence[Relation], note: Relation) -> tuple[str, ...]:
    schema, table = map(dialect.identifier, NOTE_COLUMNS)
    names = [
        f"({schema} = {dialect.literal(each.schema)} AND {table} = {dialect.literal(each.name)})" for each in relations
    ]
    deletion = f"DELETE FROM {dialect.relation(note)} WHERE {' OR '.join(names)}"
    return dialect.approve((deletion,), "Erased tables cannot be recorded") if names else ()
