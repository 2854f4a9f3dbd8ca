"""Keep the published columns in a file of the project, and find those that a change removes or narrows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ibis.expr.datatypes as dt

from marketing_ibis.errors import UsageError
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.records import Column

LOCK = "contracts.lock"
"""The file in the project's folder."""
KIND, FORMAT = "marketing_ibis contracts", 1


@dataclass(frozen=True, slots=True)
class LockedColumn:
    """A published column: its Ibis type, whether it may be NULL, the bytes of a string (0 without a limit).

    ``read_by`` are the models and exposures that depend on it.
    """

    type: str
    nullable: bool
    width: int
    read_by: tuple[str, ...]


Contracts = Mapping[str, Mapping[str, LockedColumn]]
"""The published columns of each model."""


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A published column that is removed or narrowed, how, and which models and exposures read it."""

    model: str
    column: str
    change: str
    read_by: tuple[str, ...]

    def __str__(self) -> str:
        """Return the column, what changes and who reads it."""
        readers = f" (read by {', '.join(self.read_by)})" if self.read_by else ""
        return f"{self.model}.{self.column} {self.change}{readers}"


def contracts_of(dataflow: Dataflow, lineage: Lineage, exposures: Mapping[str, Sequence[str]]) -> Contracts:
    """Return the columns that a project publishes; ``exposures`` maps each to the models that it depends on."""
    contracts = {}
    for name, model in sorted(dataflow.models.items()):
        readers = [exposure for exposure, models in exposures.items() if name in models]
        contracts[name] = {
            column.name: _locked(column, str(model.schema[column.name]), _readers(name, column, lineage), readers)
            for column in model.declaration.contract.columns
        }
    return contracts


def _readers(model: str, column: Column, lineage: Lineage) -> set[str]:
    return {ref.table for ref in lineage.dependents.get(ColumnRef(model, column.name), ()) if ref.table != model}


def _locked(column: Column, dtype: str, models: set[str], exposures: Sequence[str]) -> LockedColumn:
    return LockedColumn(dtype, column.nullable, column.width, (*sorted(models), *sorted(exposures)))


def broken_promises(locked: Contracts, current: Contracts) -> Iterator[BrokenPromise]:
    """Yield each locked column that ``current`` no longer has, or has in a narrower form."""
    for model, columns in locked.items():
        for name, before in columns.items():
            after = current.get(model, {}).get(name)
            change = "is removed" if after is None else _narrowing(before, after)
            if change:
                readers = dict.fromkeys((*before.read_by, *(after.read_by if after else ())))
                yield BrokenPromise(model, name, change, tuple(readers))


def _narrowing(before: LockedColumn, after: LockedColumn) -> str:
    if not _contains(after.type, before.type):
        return f"is {after.type} and was {before.type}"
    if after.nullable and not before.nullable:
        return "may be NULL"
    if after.width and (not before.width or after.width < before.width):
        return f"has at most {after.width} bytes and had {before.width or 'no limit'}"
    return ""


def _contains(wide: str, narrow: str) -> bool:
    """Return whether every value of the type ``narrow`` has the same kind and fits in ``wide``."""
    outer, inner = dt.dtype(wide), dt.dtype(narrow)
    match outer, inner:
        case dt.Integer(), dt.Integer():
            return bool(outer.bounds.lower <= inner.bounds.lower and outer.bounds.upper >= inner.bounds.upper)
        case dt.Floating(), dt.Floating():
            return bool(outer.nbytes >= inner.nbytes)
        case dt.Decimal(precision=int(), scale=int()), dt.Decimal(precision=int(), scale=int()):
            whole, former = outer.precision - outer.scale, inner.precision - inner.scale
            return bool(outer.scale >= inner.scale and whole >= former)
    return bool(outer == inner)


def lock_text(contracts: Contracts) -> str:
    """Return the content of the file, in an order that makes small differences in git."""
    models = {
        model: {name: asdict(column) for name, column in columns.items()}
        for model, columns in sorted(contracts.items())
    }
    return json.dumps({"kind": KIND, "format": FORMAT, "models": models}, indent=1, ensure_ascii=False) + "\n"


def read_lock(path: Path) -> Contracts:
    """Return the contracts in a lock file.

    Raises:
        UsageError: there is no such file, it is not a lock file, or a newer version of this package wrote it.
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist.", hint="Write it with `plan --lock`, and commit it.")
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["kind"] == KIND and document["format"] > FORMAT:
            raise UsageError(
                f"{path} has format {document['format']}, which a newer version of marketing_ibis wrote; this version"
                f" reads format {FORMAT}.",
                hint="Upgrade marketing_ibis, or write the file again with `plan --lock`.",
            )
        return _contracts(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is not a lock file of marketing_ibis, or is damaged.",
            hint="Restore it from git, or write it again with `plan --lock`.",
        ) from error


def _contracts(document: Mapping[str, Any]) -> Contracts:
    if document["kind"] != KIND:
        raise ValueError(document["kind"])
    contracts: dict[str, dict[str, LockedColumn]] = {}
    for model, columns in document["models"].items():
        contracts[model] = {}
        for name, parts in columns.items():
            column = LockedColumn(
                str(parts["type"]), bool(parts["nullable"]), int(parts["width"]), tuple(map(str, parts["read_by"]))
            )
            dt.dtype(column.type)
            contracts[model][name] = column
    return contracts
