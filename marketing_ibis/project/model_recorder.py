"""Record the models of a dataflow while Hamilton runs it, each over tables that have names alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from marketing_ibis.errors import CompileError, ConfigurationError, ContractBroken, Failure
from marketing_ibis.model import Contract, Declaration, Model, PassedColumns, Source, schema_differences
from marketing_ibis.model.incremental import EXAMPLE as INCREMENTAL_EXAMPLE
from marketing_ibis.model.row_functions import check_is_table
from marketing_ibis.model.validation import check_columns, project_code
from marketing_ibis.model.vocabulary import Materialization
from marketing_ibis.project.adapters import Declared
from marketing_ibis.project.pass_through import extend_contract
from marketing_ibis.project.python_rows import as_expression, row_function
from marketing_ibis.project.static_parsing import Node


@dataclass(slots=True, eq=False)
class ModelRecorder:
    """Record each model's expression and hand downstream a reference by name."""

    declared: Mapping[str, Declared]
    id_type: str
    materialized: Mapping[str, Materialization]
    optional: Mapping[str, Collection[str]] = field(default_factory=dict)
    unread: Collection[str] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)
    unused_parents: Mapping[str, Collection[str]] = field(default_factory=dict)
    passed: PassedColumns = field(default_factory=PassedColumns)
    sources: dict[str, Source] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)

    def run_node(self, name: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Run one node: a source becomes a reference, a model is recorded, anything else runs as it is."""
        node = self.declared.get(name)
        if node is None:
            return function(**arguments)
        declaration, description = self._drop_unused_columns(name, node.declaration), node.description
        schema = declaration.contract.schema(self.id_type)
        if declaration.kind == "source":
            self.sources[name] = Source(name, declaration, description, schema)
        else:
            self.models[name] = self._model(name, declaration, description, function, arguments)
        return ibis.table(schema, name=name)

    def _model(
        self,
        name: str,
        declaration: Declaration,
        description: str,
        function: Callable[..., Any],
        arguments: Mapping[str, Any],
    ) -> Model:
        unused, schema = self.unused_parents.get(name, ()), declaration.contract.schema(self.id_type)
        arguments = {parent: None if parent in unused else value for parent, value in arguments.items()}
        try:
            expression, rows = _build(name, function, arguments), None
            if declaration.rows is not None:
                rows = row_function(name, declaration.rows, expression, self.inputs)
                expression = as_expression(rows, schema)
            _check_contract(name, schema, expression)
        except CompileError as error:
            error.failures = (Failure("model", name, name, error.message, ""),)
            raise
        declaration = self._override_materialization(name, declaration)
        parents = tuple(parent for parent in arguments if parent in self.declared and parent not in unused)
        return Model(name, declaration, description, parents, schema, expression, row_function=rows)

    def declare_others(self, evaluated: Collection[str], unread: Mapping[str, Node]) -> None:
        """Record the nodes that are not evaluated, and those whose files could not be imported."""
        for name in [name for name in self.declared if name not in evaluated]:
            self.declare(name, [*self.declared, *unread])
        for node in unread.values():
            self.declare_unread(node)

    def declare(self, name: str, node_names: Collection[str]) -> None:
        """Record a node that is not evaluated: what its declaration says, and which of ``node_names`` it depends on."""
        node = self.declared[name]
        unused = self.unused_parents.get(name, ())
        parameters = inspect.signature(node.function).parameters
        parents = tuple(p for p in parameters if p in node_names and p not in unused)
        self._record(name, self._drop_unused_columns(name, node.declaration), node.description, parents)

    def declare_unread(self, node: Node) -> None:
        """Record a node whose file cannot be imported: what its text shows, without columns."""
        declaration = Declaration(
            "source" if node.kind == "source" else "model",
            Contract(()),
            (),
            node.layer,
            tags=node.tags,
            table=node.table,
            schema=node.schema,
            database=node.database,
            replaces_source=node.is_adapter,
        ).stored(node.materialized)
        self._record(node.name, declaration, node.description, node.parents)

    def _record(self, name: str, declaration: Declaration, description: str, parents: tuple[str, ...]) -> None:
        schema = declaration.contract.schema(self.id_type)
        if declaration.kind == "source":
            self.sources[name] = Source(name, declaration, description, schema)
        else:
            declaration, reference = self._override_materialization(name, declaration), ibis.table(schema, name=name)
            self.models[name] = Model(name, declaration, description, parents, schema, reference, evaluated=False)

    def _drop_unused_columns(self, name: str, declaration: Declaration) -> Declaration:
        """Drop the optional columns that the source does not have; those of a model if no source has them.

        Drop also the columns that exist only with an absent node. Columns that follow from rules take the place of
        those declared for them, and columns that pass through from a source follow at the end.
        """
        is_source = declaration.kind == "source" or declaration.replaces_source
        existing = self.optional.get(name, ()) if is_source else self._used_names(declaration)
        contract = declaration.contract.using(existing, {*self.declared, *self.unread}).expanded(self.inputs)
        contract = extend_contract(name, contract, declaration.pass_through, self.passed)
        check_columns(f"{declaration.kind} {name}", [column.name for column in contract.columns])
        return replace(declaration, contract=contract)

    def _used_names(self, declaration: Declaration) -> set[str]:
        """Return the optional columns of a model that a source has.

        Two sources may have columns of one name, such as the address of a customer and that of an order: those count
        that are declared as the model's is, or all where none is.
        """
        names = set()
        for column in (column for column in declaration.contract.columns if column.optional):
            owners = {
                name: owned
                for name, node in self.declared.items()
                if node.declaration.kind == "source" or node.declaration.replaces_source
                for owned in node.declaration.contract.columns
                if owned.optional and owned.name == column.name
            }
            same_owners = [name for name, owned in owners.items() if owned == column]
            if any(column.name in self.optional.get(name, ()) for name in same_owners or owners):
                names.add(column.name)
        return names

    def _override_materialization(self, name: str, declaration: Declaration) -> Declaration:
        stored = declaration.stored(self.materialized.get(name, declaration.materialization))
        if stored.rows is not None:
            check_is_table(f"[tool.marketing_ibis] models.{name}", stored.materialization)
        # A model whose file cannot be imported has no columns here.
        if stored.is_incremental and stored.incremental is None and stored.contract.columns:
            raise ConfigurationError(
                f'[tool.marketing_ibis] models.{name}.materialized is "incremental", and {name} declares no key.',
                hint=f"Write @model({INCREMENTAL_EXAMPLE}).",
            )
        return stored


def _build(name: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> ir.Table:
    with project_code(f"Model {name}"):
        expression = function(**arguments)
    if not isinstance(expression, ir.Table):
        code = inspect.unwrap(function).__code__
        advice = "Is a return missing?" if expression is None else "Return a table expression."
        raise CompileError(
            f"Model {name} returns {type(expression).__name__}, not an Ibis table.",
            hint=f"See {code.co_filename}:{code.co_firstlineno}. {advice}",
        )
    return expression


def _check_contract(name: str, schema: ibis.Schema, expression: ir.Table) -> None:
    differences = schema_differences(schema, expression.schema())
    if differences:
        raise ContractBroken(
            f"Model {name} does not match its contract: {'; '.join(differences)}.",
            hint="Change the expression, or its declared columns.",
        )
