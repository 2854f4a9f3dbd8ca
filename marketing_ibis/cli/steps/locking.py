"""Write the lock file of published columns, or compare the project with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.errors import ContractBroken, UsageError
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.contracts_lock import Contracts


def check_lock_options(session: Session, *, lock: bool, check: bool) -> None:
    """Refuse to lock or check a part of the project.

    Raises:
        UsageError: both are asked for, or some of the models are selected.
    """
    if lock and check:
        raise UsageError(
            "--lock and --check exclude each other.", hint="Check first; then accept the change with --lock."
        )
    if (lock or check) and (session.selection.select or session.selection.exclude):
        raise UsageError(
            f"--{'lock' if lock else 'check'} is about every model, and a selection was made.",
            hint="Remove --select and --exclude.",
        )


def write_lock(session: Session) -> str:
    """Write the published columns to the lock file; return what to print."""
    from marketing_ibis.atomic_write import write_output
    from marketing_ibis.build.contracts_lock import LOCK, lock_text

    contracts = _contracts(session)
    path = write_output(session.project.root / LOCK, lock_text(contracts), "--lock")
    columns = sum(len(columns) for columns in contracts.values())
    return f"Locked {plural('column', columns)} of {plural('model', len(contracts))} in {path}. Commit it."


def check_lock(session: Session) -> str:
    """Compare the published columns with the lock file; return what to print.

    Raises:
        ContractBroken: a locked column is removed or narrowed, with who reads it.
        UsageError: the lock file is missing or cannot be read.
    """
    from marketing_ibis.build.contracts_lock import LOCK, broken_promises, read_lock

    path = session.project.root / LOCK
    locked = read_lock(path)
    broken = list(broken_promises(locked, _contracts(session)))
    if broken:
        count = plural("published column", len(broken))
        raise ContractBroken(
            f"{count} removed or narrowed: {'; '.join(map(str, broken))}.",
            hint=f"Restore them, or accept the change with `plan --lock` and commit {LOCK}.",
        )
    return f"Every column of {path} is published as before, or wider."


def _contracts(session: Session) -> Contracts:
    from marketing_ibis.build.contracts_lock import contracts_of
    from marketing_ibis.lineage.project import column_lineage

    exposures = {name: node.parents for name, node in session.nodes.items() if node.kind == "exposure"}
    return contracts_of(session.dataflow, column_lineage(session.dataflow), exposures)
