"""Lay out the history of a model: one row per day and row of the model; a day is replaced as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from marketing_ibis.build.history_step import HistoryStep
from marketing_ibis.build.masked_views import MaskedView, masked_view
from marketing_ibis.build.table_columns import add_columns
from marketing_ibis.build.width_marks import width_marks
from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.errors import ContractBroken, SelectionError
from marketing_ibis.model import ID, HistoryView, Model, column, schema_differences
from marketing_ibis.model.histories import AS_OF
from marketing_ibis.model.masking import MaskedTable
from marketing_ibis.model.records import Contract, Declaration
from marketing_ibis.model.validation import project_code
from marketing_ibis.project.personal_data import inherited_masks

DAY = column(AS_OF, "date", "Day at whose end the other columns were so.")


@dataclass(frozen=True, slots=True, eq=False)
class ModelHistory:
    """The history of ``model``, in ``table``, with the columns ``names`` of the model."""

    model: Model
    table: Relation
    names: tuple[str, ...]
    readers: tuple[str, ...] = ()

    @property
    def layout(self) -> Model:
        """The table as a model declares it, for the engine to lay it out and document it."""
        declaration = self.model.declaration
        columns = {c.name: c for c in declaration.contract.columns}
        schema = ibis.schema({AS_OF: "date", **{name: self.model.schema[name] for name in self.names}})
        layout = Declaration(
            kind="model",
            # A column that is added later has NULL in older rows.
            contract=Contract((DAY, *(replace(columns[n], nullable=n not in declaration.grain) for n in self.names))),
            grain=(AS_OF, *declaration.grain),
            layer="history",
            owner=declaration.owner,
            sort_keys=(AS_OF,),
            masked=self._masked,
        )
        description = f"History of {self.model.name}: its rows as of each recorded day."
        return Model(self.table.name, layout, description, (self.model.name,), schema, ibis.table(schema))

    @property
    def _masked(self) -> MaskedTable | None:
        masked = self.model.declaration.masked
        if masked is None:
            return None
        return replace(masked, masks={name: mask for name, mask in masked.masks.items() if name in self.names})

    def masked_views(self, dialect: Dialect) -> tuple[MaskedView, ...]:
        """Return the masked views over the table and over its views, if the settings ask for them."""
        relations = ((model, Relation(self.table.schema, model.name)) for model in (self.layout, *self.views))
        views = (masked_view(dialect, model, relation) for model, relation in relations)
        return tuple(view for view in views if view is not None)

    def rows(self, as_of: date) -> ir.Table:
        """Return the rows of the model with their day."""
        rows = ibis.table(self.model.schema, name=self.model.name)
        return rows.select(**{AS_OF: ibis.literal(as_of)}, **{name: rows[name] for name in self.names})

    @property
    def views(self) -> tuple[Model, ...]:
        """The views over the table, as models of it.

        Raises:
            ContractBroken: a view has other columns than it declares.
            CompileError: its function fails.
        """
        declared = self.model.declaration.history.views if self.model.declaration.history else ()
        return tuple(self._view(view) for view in declared if isinstance(view, HistoryView))

    def _view(self, view: HistoryView) -> Model:
        keys = [c.name for c in self.model.declaration.contract.columns if c.type == ID]
        schema = Contract(view.columns).schema(str(self.model.schema[keys[0]]) if keys else "int64")
        with project_code(f"History view {view.name}"):
            expression = view.expression(ibis.table(self.layout.schema, name=self.table.name))
        differences = schema_differences(schema, expression.schema())
        if differences:
            raise ContractBroken(
                f"History view {view.name} does not match its contract: {'; '.join(differences)}.",
                hint="Change the expression, or its declared columns.",
            )
        contract = Contract(view.columns)
        masked = inherited_masks(expression, self._masked) if self._masked else None
        declaration = Declaration(
            "model", contract, view.grain, "history", "view", self.layout.declaration.owner, masked=masked
        )
        return Model(view.name, declaration, view.description, (self.model.name,), schema, expression)

    def create_views(self, dialect: Dialect, existing: Collection[str]) -> tuple[str, ...]:
        """Return the statements that create the views, or replace those among the ``existing`` relations."""
        statements: list[str] = []
        for view in self.views:
            relation = Relation(self.table.schema, view.name)
            select = dialect.resolve(dialect.select(view.expression), {self.table.name: self.table})
            creation = dialect.create_view(relation, select)
            if view.name in existing:
                creation = creation.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
            statements += (creation, *dialect.describe(relation, view), *dialect.grant(relation, self.readers))
        return dialect.approve(statements, f"The views over {self.table} cannot be created")

    def create(self, dialect: Dialect, select: str, text_widths: Mapping[str, int] = NO_WIDTHS) -> tuple[str, ...]:
        """Return the statements that create the table with the rows of ``select``."""
        return dialect.approve(
            (
                *dialect.create_table(self.table, select, self.layout, text_widths),
                *dialect.describe(self.table, self.layout),
                *dialect.grant(self.table, self.readers),
            ),
            f"The history {self.table} cannot be created",
        )

    def step(self, dialect: Dialect, as_of: date, select: str) -> HistoryStep:
        """Return what keeps the rows of ``select`` as those of the day."""
        layout, table = self.layout, dialect.relation(self.table)
        names = ", ".join(map(dialect.identifier, layout.schema))
        day = f"CAST({dialect.literal(as_of.isoformat())} AS DATE)"
        columns = {name: str(dtype) for name, dtype in layout.schema.items()}
        return HistoryStep(
            self.model.name,
            self.table,
            layout.declaration.grain,
            columns,
            add_columns(dialect, self.table, layout, columns, width_marks(columns)),
            (
                f"DELETE FROM {table} WHERE {dialect.identifier(AS_OF)} = {day}",
                f"INSERT INTO {table} ({names})\n{select}",
            ),
            self.masked_views(dialect),
        )


def history_of(model: Model, schema: str, readers: tuple[str, ...] = ()) -> ModelHistory:
    """Return the history that ``model`` declares, in ``schema``.

    Raises:
        SelectionError: it declares none.
    """
    declaration = model.declaration
    if declaration.history is None:
        raise SelectionError(
            f"{model.name} does not declare a history.",
            hint='Declare it: @model(..., history=History("customer_history", columns=("customer_segment",))).',
        )
    names = tuple(dict.fromkeys((*declaration.grain, *declaration.history.columns)))
    return ModelHistory(model, Relation(schema, declaration.history.table), names, readers)


def history_views(models: Mapping[str, Model], schema: str) -> dict[str, Model]:
    """Return the views over the histories of ``models``, by name; they exist only if the histories do."""
    histories = [history_of(model, schema) for model in models.values() if model.declaration.history]
    return {view.name: view for history in histories for view in history.views}
