"""Find what is kept about customers, ask, delete it and write a receipt."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.docs_site import SITE
from marketing_ibis.errors import MarketingIbisError, SelectionError, UsageError
from marketing_ibis.plurals import plural
from marketing_ibis.project.project_key import KEY_VARIABLE, LEAST_KEY

if TYPE_CHECKING:
    from marketing_ibis.build.forgetting.person_columns import PersonColumns
    from marketing_ibis.build.forgetting.receipt import Receipt
    from marketing_ibis.build.forgetting.search import Findings, Search
    from marketing_ibis.build.recorded_relations import Row
    from marketing_ibis.engines.target import Target
    from marketing_ibis.outputs.forgotten_files import Traces

SUCCESS, STILL_THERE = 0, 1
MOST_NAMES = 5
MOST_CHARACTERS = 100
UNFINISHED = "An earlier deletion was stopped before its rows had left the disk"
ELSEWHERE = (
    "Aggregates without a key of a person count the deleted rows until the next build.",
    "Other schemas and targets, exported files, systems that were sent a list, and backups are yours to clear.",
)
"""The limits of every deletion."""


@dataclass(frozen=True, slots=True)
class ForgetParameters:
    """What ``forget`` is called with."""

    target: TargetOptions
    customers: tuple[str, ...] = ()
    dry_run: bool = False
    yes: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Customers that are to be deleted; ``person`` has the columns that find them."""

    session: Session
    parameters: ForgetParameters
    person: PersonColumns
    customers: tuple[str, ...]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def search(self, target: Target) -> Search:
        """Return the search for the customers on a target."""
        from marketing_ibis.build.forgetting.kept_tables import Keeper
        from marketing_ibis.build.forgetting.search import Search
        from marketing_ibis.testing.collect import declared_data_tests

        session = self.session
        tests = declared_data_tests(session.dataflow, session.project.tests)
        nodes = {test.name: node for node, of_node in tests.items() for test in of_node}
        keeper = Keeper(session.dataflow, self.person, session.schemas, target, nodes)
        return Search(self.person, keeper.inventory(), target)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Customers that were deleted, with the receipt and its ``path``."""

    session: Session
    receipt: Receipt
    path: Path


def open_forgetting(parameters: ForgetParameters) -> Forgetting:
    """Load the project and find the columns with keys of customers.

    Raises:
        UsageError: a customer is not a possible key.
        ConfigurationError: it is unclear which source has the customers.
    """
    from marketing_ibis.build.forgetting.conditions import is_whole_number
    from marketing_ibis.build.forgetting.person_columns import find_person_columns

    session = open_session(parameters.target)
    person = find_person_columns(session.dataflow, parameters.source)
    (key,) = session.dataflow.nodes[person.people].declaration.grain
    dtype = session.dataflow.nodes[person.people].schema[key]
    customers = tuple(dict.fromkeys(parameters.customers))
    for customer in customers:
        if not customer.strip() or "\x00" in customer:
            raise UsageError("--customer is empty.", hint="Pass the key of a customer.")
        if dtype.is_integer() and not is_whole_number(customer):
            raise UsageError(
                f"{_shortened(customer)!r} is not the key of a customer: {person.people}.{key} is a whole number.",
                hint="Pass the number without spaces or leading zeros.",
            )
    return Forgetting(session, parameters, person, customers)


def confirm_deletion(job: Forgetting) -> Forgetting | int:
    """Show what would be deleted, and ask unless --yes was passed.

    Raises:
        SelectionError: a customer has no row anywhere.
        UsageError: there is no terminal to ask.
    """
    from marketing_ibis.build.forgetting.unerased import read_notes

    parameters, session = job.parameters, job.session
    if parameters.yes and not parameters.dry_run:
        return job
    with session.destination.open_to_read() as target:
        search = job.search(target)
        findings, unerased = search.find(job.customers), read_notes(target, session.project.model_schema)
    if unknown := _unknown(job, findings, unerased):
        if unerased and not parameters.dry_run:
            # The earlier deletion is finished, and nothing else deleted.
            return job
        raise _no_rows(job, unknown)
    _show(session, findings, search.inventory.places)
    if unerased:
        session.log.warn(f"{UNFINISHED}: forget without --dry-run finishes it.")
    if parameters.dry_run:
        session.log.emit("note", "Nothing was deleted.", closing=True)
        return SUCCESS
    if not _has_terminal(session):
        raise UsageError("Nothing was deleted: there is no terminal to ask.", hint="Pass --yes to delete these rows.")
    if not click.confirm("Delete these rows?", default=False, err=True):
        raise UsageError("Nothing was deleted.", hint="Pass --yes to delete without a question.")
    return job


def forget_customers(job: Forgetting) -> Forgotten:
    """Delete the customers under the lock of builds, and write the receipt.

    Raises:
        SelectionError: a customer has no row anywhere.
        RunFailed: a statement failed; nothing was deleted.
        UsageError: a file cannot be written.
    """
    from marketing_ibis.build.forgetting.deletion import delete_rows
    from marketing_ibis.build.forgetting.receipt import Receipt, hash_customer, receipt_path
    from marketing_ibis.build.forgetting.unerased import erase_noted, read_notes
    from marketing_ibis.outputs.artifacts.files import write_json
    from marketing_ibis.outputs.audiences.removals import write_removals

    session, schema = job.session, job.session.project.model_schema
    path = receipt_path(session.folder, job.started_at)
    hashes = tuple(hash_customer(customer, _project_key()) for customer in job.customers)
    with session.destination.open_existing() as target, target.exclusive(schema, read=(session.schemas.sources,)):
        search = job.search(target)
        findings, unerased = search.find(job.customers), read_notes(target, schema)
        if unknown := _unknown(job, findings, unerased):
            raise _no_rows(job, unknown, _finish(target, schema, unerased) if unerased else "")
        receipt = Receipt(
            session.destination.engine.name,
            hashes,
            findings,
            search.inventory.places,
            job.started_at,
            removals=write_removals(target, findings, session.project.audiences(), path.with_suffix("")),
            not_searched=search.inventory.not_searched,
        )
        # A receipt without a time of deletion is that of a command that was stopped.
        write_json(path, receipt.document())
        try:
            notes = delete_rows(target, findings, schema)
        except MarketingIbisError as error:
            if not error.is_temporary:
                # Nothing was deleted. After a lost connection that is not known.
                path.unlink()
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            raise
        receipt = replace(receipt, deleted_at=datetime.now(UTC))
        write_json(path, receipt.document())
        receipt = _clear_files(job, receipt)
        erasing = erase_noted(target, schema, unerased | notes)
    receipt = replace(receipt, finishes_earlier=bool(unerased) and not erasing)
    remaining = tuple(_remaining(receipt, erasing, is_unfinished=bool(unerased and erasing)))
    receipt = replace(receipt, remaining=remaining + receipt.remaining)
    write_json(path, receipt.document())
    return Forgotten(session, receipt, path)


def report_deletion(forgotten: Forgotten) -> int:
    """Print what was deleted and what remains; return 1 if the sources still have the customers."""
    session, receipt = forgotten.session, forgotten.receipt
    _show(session, receipt.findings, receipt.places)
    for sentence in receipt.remaining:
        session.log.emit("note", sentence, err=True)
    rows = sum(rows.count for rows in receipt.findings.tables)
    is_in_sources = any(receipt.findings.sources.values())
    session.log.emit(
        "customers_forgotten",
        f"Deleted {plural('row', rows)}. Receipt: {forgotten.path}",
        closing=True,
        rows=rows,
        receipt=str(forgotten.path),
        removal_files=[str(path) for path in receipt.removals],
        is_in_sources=is_in_sources,
    )
    if is_in_sources:
        session.log.warn("The sources still have the customer: the next build or snapshot brings the rows back.")
    return STILL_THERE if is_in_sources else SUCCESS


def _shortened(customer: str) -> str:
    return customer if len(customer) <= MOST_CHARACTERS else f"{customer[:MOST_CHARACTERS]}..."


def _has_terminal(session: Session) -> bool:
    return session.log.format != "json" and sys.stdin.isatty()


def _unknown(job: Forgetting, findings: Findings, unerased: Collection[Row]) -> tuple[str, ...]:
    """Return the customers without a row, apart from those whose earlier deletion was stopped."""
    from marketing_ibis.build.forgetting.receipt import customers_with_receipts

    if not (findings.unknown and unerased):
        return findings.unknown
    deleted = customers_with_receipts(job.session.folder, findings.unknown, _project_key())
    return tuple(customer for customer in findings.unknown if customer not in deleted)


def _no_rows(job: Forgetting, unknown: Collection[str], earlier: str = "") -> SelectionError:
    names = ", ".join(map(_shortened, unknown))
    return SelectionError(
        f"No table has a row about customer {names}; nothing was deleted.{earlier}",
        hint=f"--customer takes a key of {job.person.people}, as the models have it.",
    )


def _finish(target: Target, schema: str, unerased: Collection[Row]) -> str:
    """Finish an earlier deletion; say whether it is finished."""
    from marketing_ibis.build.forgetting.unerased import erase_noted

    erasing = erase_noted(target, schema, unerased)
    return f" {UNFINISHED}; it is {f'still unfinished. {erasing}' if erasing else 'finished now'}."


def _show(session: Session, findings: Findings, places: Mapping[str, str]) -> None:
    """Print the rows in each table, and what is related."""
    lines: list[tuple[str, str, object]] = [
        (str(rows.table.relation), rows.table.purpose, rows.count) for rows in findings.tables if rows.count
    ]
    lines += [(str(leftover.relation), f"{leftover.purpose}: dropped", "") for leftover in findings.leftovers]
    lines += [(places[name], "source: yours to delete", rows) for name, rows in findings.sources.items() if rows]
    for line in format_rows(("table", "what", "rows"), lines, None):
        session.log.emit("note", line)
    if findings.related:
        more = len(findings.related) - MOST_NAMES
        names = ", ".join(findings.related[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        session.log.warn(
            f"Other customers have the same e-mail address or phone number: {names}. If they are the same person, name"
            " them with --customer, too."
        )


def _project_key() -> bytes:
    key = os.environ.get(KEY_VARIABLE, "")
    return key.encode() if len(key) >= LEAST_KEY else b""


def _clear_files(job: Forgetting, receipt: Receipt) -> Receipt:
    """Remove the customers from results, and a site that names them; list other files that do."""
    from marketing_ibis.build.forgetting.receipt import FOLDER
    from marketing_ibis.docs_site.folders import is_site, remove_site
    from marketing_ibis.outputs.forgotten_files import find_traces, rewrite_results

    folder, traces = job.session.folder, _traces(job, receipt.findings)
    rewritten = rewrite_results(folder, traces)
    site, database = folder / SITE, job.session.destination.database
    skipped = (database, database.with_name(f"{database.name}.wal"), folder / FOLDER)
    paths = list(find_traces(folder, traces, skipped))
    removed: tuple[Path, ...] = ()
    if is_site(site) and any(site in path.parents for path in paths):
        remove_site(site)
        removed = (site,)
    others = [path for path in paths if path.exists()]
    sentences = tuple(f"{path} may name the customer: look at it, and delete it or write it again." for path in others)
    return replace(receipt, rewritten=rewritten, removed=removed, remaining=sentences)


def _traces(job: Forgetting, findings: Findings) -> Traces:
    from marketing_ibis.outputs.forgotten_files import Traces

    columns: dict[str, frozenset[str]] = {}
    for of_node in job.person.keys.values():
        for name, kind in of_node.items():
            columns[name] = columns.get(name, frozenset()) | findings.keys[kind]
    return Traces(columns, findings.values.addresses)


def _remaining(receipt: Receipt, erasing: str, *, is_unfinished: bool) -> Iterator[str]:
    """Yield what remains to be done, one sentence per matter; an earlier deletion may be unfinished, too."""
    for path in receipt.removals:
        yield f"Upload {path} to remove the customer from the destination of the list, then delete the file."
    for name, rows in receipt.findings.sources.items():
        if rows:
            yield f"Delete {plural('row', rows)} from {receipt.places[name]}: sources belong to the shop."
    if receipt.finishes_earlier:
        yield f"{UNFINISHED}; it is finished now."
    if is_unfinished:
        yield f"{UNFINISHED}; it is still unfinished."
    if erasing:
        yield f"{erasing}."
    if receipt.not_searched:
        yield f"Not searched, as no relationships test says whose rows they have: {', '.join(receipt.not_searched)}."
    for table, rows in receipt.findings.foreign.items():
        yield f"{table} has {plural('row', rows)} with keys of the customer, and nothing declares it: look at it."
    for path in receipt.removed:
        yield f"{path} was deleted, as it named the customer: write it again with `docs generate`."
    yield from ELSEWHERE
